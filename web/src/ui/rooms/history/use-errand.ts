/** One errand at a time, ended by the next, by leaving, and by a change of who asks. Refuses to know what is fetched. */
import { useCallback, useEffect, useRef, useState } from 'react';

import { useKeyNews } from '../../page-context.ts';

export interface Errand {
  /** What is being fetched; null for nothing. */
  readonly fetching: string | null;
  /** Ends the one before; `signal` tells that nobody waits for this one any more. */
  readonly run: (name: string, errand: (signal: AbortSignal) => Promise<void>) => Promise<void>;
  readonly end: () => void;
}

/** @param where - it was wanted from; whoever is elsewhere wants it no more. */
export function useErrand(where: string): Errand {
  const [fetching, setFetching] = useState<string | null>(null);
  const current = useRef<AbortController | null>(null);
  const end = useCallback(() => {
    current.current?.abort();
    current.current = null;
    setFetching(null);
  }, []);
  useEffect(() => end, [end, where]);
  useKeyNews(end);
  const run = useCallback(
    async (name: string, errand: (signal: AbortSignal) => Promise<void>) => {
      end();
      const turn = new AbortController();
      current.current = turn;
      setFetching(name);
      await errand(turn.signal);
      if (!turn.signal.aborted) end();
    },
    [end],
  );
  return { fetching, run, end };
}
