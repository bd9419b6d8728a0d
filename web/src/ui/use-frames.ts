/** Draws in step with the screen. */
import { useEffect, useEffectEvent } from 'react';

/** Calls `onFrame` before each repaint while active; the browser pauses it on a hidden page. */
export function useFrames(isActive: boolean, onFrame: (nowMs: number) => void): void {
  const draw = useEffectEvent(onFrame);
  useEffect(() => {
    if (!isActive) return undefined;
    let handle = 0;
    const step = (nowMs: number): void => {
      draw(nowMs);
      handle = requestAnimationFrame(step);
    };
    handle = requestAnimationFrame(step);
    return () => {
      cancelAnimationFrame(handle);
    };
  }, [isActive]);
}
