/** Keys that work anywhere on the page: space to talk, escape to interrupt. */
import { useEffect } from 'react';

import { useIntents } from './page-context.ts';

/** Elements that want the space bar for themselves. */
const OWNERS = 'input, textarea, select, button, a, summary, [contenteditable], [role="log"]';

function isOwned({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest(OWNERS) !== null;
}

/** While a room is open, keys are the room's: escape closes it, and cuts nobody short. */
function isInRoom(): boolean {
  return document.querySelector('dialog[open]') !== null;
}

export function useShortcuts(): void {
  const intents = useIntents();
  useEffect(() => {
    const end = new AbortController();
    const { signal } = end;
    const release = (): void => {
      intents.release();
    };
    const down = (event: KeyboardEvent): void => {
      if (isInRoom()) return;
      if (event.key === 'Escape') intents.interrupt();
      if (event.key !== ' ' || isOwned(event)) return;
      event.preventDefault();
      if (!event.repeat) intents.hold();
    };
    window.addEventListener('keydown', down, { signal });
    window.addEventListener(
      'keyup',
      (event) => {
        if (event.key === ' ' && !isOwned(event)) release();
      },
      { signal },
    );
    // A key or finger that comes up elsewhere is never heard of here.
    window.addEventListener('blur', release, { signal });
    return () => {
      end.abort();
    };
  }, [intents]);
}
