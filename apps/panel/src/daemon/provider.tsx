'use client';
/** Opens the connection to the daemon once for the whole page. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, useEffect, useMemo, useState } from 'react';
import { connectDaemon, type DaemonConnection } from './client';
import { Store } from './store';

export type Door = { store: Store; connection: () => DaemonConnection | undefined };

export const DoorContext = createContext<Door | undefined>(undefined);

export function DaemonProvider({ children }: { children: ReactNode }) {
  const [store] = useState(() => new Store());
  const [queries] = useState(() => new QueryClient());
  const [held] = useState<{ connection?: DaemonConnection }>(() => ({}));
  useEffect(() => {
    const connection = connectDaemon(store);
    held.connection = connection;
    return () => {
      held.connection = undefined;
      connection.close();
    };
  }, [store, held]);
  const door = useMemo(() => ({ store, connection: () => held.connection }), [store, held]);
  return (
    <DoorContext value={door}>
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </DoorContext>
  );
}
