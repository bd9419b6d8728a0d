/** Keys that work anywhere on the page: space to talk, escape to interrupt. */
import { useEffect } from 'react';

import { canTalk } from '../state/index.ts';
import { useConversation, useIntents } from './page-context.ts';

/** Elements that one writes into. */
const FIELDS = 'textarea, select, [contenteditable], input:not([type="radio"], [type="checkbox"])';
/** Elements that want the space bar for themselves when the keyboard led to them. */
const OWNERS = 'input, button, a, summary, [role="log"]';

/**
 * Whether the space bar is somebody else's. A button that was clicked keeps the focus, but whoever then presses the space
 * bar to talk means to talk.
 */
function isOwned({ target }: KeyboardEvent, canHold: boolean): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest(FIELDS) !== null) return true;
  return target.closest(OWNERS) !== null && !(canHold && !target.matches(':focus-visible'));
}

/** While a room is open, keys are the room's: escape closes it, and cuts nobody short. */
function isInRoom(): boolean {
  return document.querySelector('dialog[open]') !== null;
}

export function useShortcuts(): void {
  const intents = useIntents();
  const canHold = useConversation(canTalk);
  useEffect(() => {
    const end = new AbortController();
    const { signal } = end;
    const release = (): void => {
      intents.release();
    };
    const down = (event: KeyboardEvent): void => {
      // Escape and space choose among the words of an input method before they mean anything here.
      if (isInRoom() || event.isComposing) return;
      if (event.key === 'Escape') intents.interrupt();
      if (event.key !== ' ' || isOwned(event, canHold)) return;
      event.preventDefault();
      if (!event.repeat) intents.hold();
    };
    window.addEventListener('keydown', down, { signal });
    window.addEventListener(
      'keyup',
      (event) => {
        // Wherever the focus has gone meanwhile: the key is up.
        if (event.key === ' ') release();
      },
      { signal },
    );
    // A key or finger that comes up elsewhere is never heard of here.
    window.addEventListener('blur', release, { signal });
    return () => {
      end.abort();
    };
  }, [intents, canHold]);
}
