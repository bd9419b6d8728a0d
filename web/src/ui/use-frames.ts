/** Draws in step with the screen. */
import { useEffect, useEffectEvent } from 'react';

import { everyFrame } from '../frames/index.ts';

/** Half of the usual screen's repaints: as smooth to the eye for levels, at half the cost. */
const FRAME_MS = 1000 / 30;

/** Calls `onFrame` about 30 times a second before a repaint, while active; the browser pauses it on a hidden page. */
export function useFrames(isActive: boolean, onFrame: (nowMs: number) => void): void {
  const draw = useEffectEvent(onFrame);
  useEffect(() => {
    if (!isActive) return undefined;
    return everyFrame(
      (nowMs) => {
        draw(nowMs);
      },
      () => FRAME_MS,
    );
  }, [isActive]);
}
