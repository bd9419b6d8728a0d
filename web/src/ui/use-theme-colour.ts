/** Gives the browser's own frame, and that of an installed page, the colour of the page as it is. */
import { useEffect } from 'react';

import { useConversation } from './page-context.ts';

export function useThemeColour(): void {
  const theme = useConversation(({ preferences }) => preferences.theme);
  useEffect(() => {
    const tell = (): void => {
      const { backgroundColor } = getComputedStyle(document.body);
      for (const entry of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
        entry.content = backgroundColor;
      }
    };
    // The page has put on the theme by then.
    const handle = requestAnimationFrame(tell);
    const scheme = window.matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', tell);
    return () => {
      cancelAnimationFrame(handle);
      scheme.removeEventListener('change', tell);
    };
  }, [theme]);
}
