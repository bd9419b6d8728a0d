/** What the machine and its user wish of a face: light or dark, calm or lively. */
import { useCallback, useSyncExternalStore } from 'react';

export type FaceTheme = 'light' | 'dark' | 'system';

function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (onChange: () => void) => {
      const list = matchMedia(query);
      list.addEventListener('change', onChange);
      return () => {
        list.removeEventListener('change', onChange);
      };
    },
    [query],
  );
  return useSyncExternalStore(
    subscribe,
    () => matchMedia(query).matches,
    () => false,
  );
}

/** Whether the user asked for less movement. */
export function useIsCalm(): boolean {
  return useMedia('(prefers-reduced-motion: reduce)');
}

/** Whether the stage is dark. */
export function useIsDark(theme: FaceTheme): boolean {
  const isSystemDark = useMedia('(prefers-color-scheme: dark)');
  return theme === 'system' ? isSystemDark : theme === 'dark';
}
