/** Whether the server answers, asked when the page is opened and, while it does not, again and again. */
import { useCallback, useEffect, useState } from 'react';

import { isServerThere } from '../api/index.ts';
import { useApi } from './page-context.ts';

/** Asking costs next to nothing, and whoever waits looks at the page. */
const AGAIN_MS = 5000;

/** Asks while `isWanted`; `ask` asks at once. */
export function useServerPresence(isWanted: boolean): { readonly isAway: boolean; readonly ask: () => void } {
  const api = useApi();
  const [isAway, setAway] = useState(false);
  const [round, setRound] = useState(0);
  const ask = useCallback(() => {
    setRound((before) => before + 1);
  }, []);
  useEffect(() => {
    if (!isWanted) return undefined;
    const end = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      const answers = await isServerThere(api, end.signal);
      if (end.signal.aborted) return;
      setAway(!answers);
      if (!answers) timer = setTimeout(() => void look(), AGAIN_MS);
    };
    void look();
    return () => {
      end.abort();
      clearTimeout(timer);
    };
  }, [api, isWanted, round]);
  return { isAway: isWanted && isAway, ask };
}
