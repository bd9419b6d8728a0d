/** Makes a button that acts while it is held, by finger, mouse or key. */
import { useEffect, useMemo } from 'react';
import type { DOMAttributes } from 'react';

import { useIntents } from './page-context.ts';

type HoldHandlers = Pick<
  DOMAttributes<HTMLButtonElement>,
  'onPointerDown' | 'onPointerUp' | 'onPointerCancel' | 'onKeyDown' | 'onKeyUp' | 'onBlur' | 'onContextMenu'
>;

export function isHoldKey(key: string): boolean {
  return key === ' ' || key === 'Enter';
}

export function useHoldButton(): HoldHandlers {
  const intents = useIntents();
  // A button that goes away while it is held never hears of its release.
  useEffect(
    () => () => {
      intents.release();
    },
    [intents],
  );
  return useMemo(() => {
    const release = (): void => {
      intents.release();
    };
    return {
      onPointerDown: (event) => {
        if (event.button !== 0) return;
        // The button stays held when the finger slides off it.
        event.currentTarget.setPointerCapture(event.pointerId);
        intents.hold();
      },
      onPointerUp: release,
      onPointerCancel: release,
      onKeyDown: (event) => {
        if (!isHoldKey(event.key)) return;
        event.preventDefault();
        if (!event.repeat) intents.hold();
      },
      onKeyUp: (event) => {
        if (isHoldKey(event.key)) release();
      },
      onBlur: release,
      // A long press on a phone would open a menu.
      onContextMenu: (event) => {
        event.preventDefault();
      },
    };
  }, [intents]);
}
