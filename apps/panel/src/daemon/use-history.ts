'use client';
/** The call history, fetched again whenever the snapshot says that a row changed. */
import type { HistoryEntry } from '@kyberline/shared/history';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useContext } from 'react';
import { DoorContext } from './provider';
import { sentenceOf, useSnapshot } from './use-call';

export type History =
  | { kind: 'loading' }
  | { kind: 'known'; entries: HistoryEntry[] }
  | { kind: 'failed'; sentence: string };

/** The newest `limit` calls (1 to 1000), newest first. */
export function useHistory(limit: number): History {
  const door = useContext(DoorContext);
  const revision = useSnapshot()?.historyRevision;
  const query = useQuery({
    queryKey: ['history', limit, revision],
    enabled: revision !== undefined,
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const client = door?.connection()?.client;
      if (client === undefined) throw new Error('no connection yet');
      return client.history.query({ limit });
    },
  });
  if (query.data !== undefined) return { kind: 'known', entries: query.data };
  if (query.error !== null) return { kind: 'failed', sentence: sentenceOf(query.error) };
  return { kind: 'loading' };
}
