'use client';
/** The value that style elements must carry to be let in by the Content-Security-Policy. */
import { createContext, useContext } from 'react';

export const NonceContext = createContext<string | undefined>(undefined);

export function useNonce(): string | undefined {
  return useContext(NonceContext);
}
