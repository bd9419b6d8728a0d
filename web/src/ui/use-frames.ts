/** Draws in step with the screen. */
import { useEffect, useEffectEvent } from 'react';

/** Half of the usual screen's repaints: as smooth to the eye for levels, at half the cost. */
const FRAME_MS = 1000 / 30;
/** Repaints do not come exactly in time. */
const TOLERANCE_MS = 4;

/** Calls `onFrame` about 30 times a second before a repaint, while active; the browser pauses it on a hidden page. */
export function useFrames(isActive: boolean, onFrame: (nowMs: number) => void): void {
  const draw = useEffectEvent(onFrame);
  useEffect(() => {
    if (!isActive) return undefined;
    let handle = 0;
    let drawnAt = -Infinity;
    const step = (nowMs: number): void => {
      if (nowMs - drawnAt >= FRAME_MS - TOLERANCE_MS) {
        drawnAt = nowMs;
        draw(nowMs);
      }
      handle = requestAnimationFrame(step);
    };
    handle = requestAnimationFrame(step);
    return () => {
      cancelAnimationFrame(handle);
    };
  }, [isActive]);
}
