/** The page's one loop of repaints. */
import { Frames } from './every-frame.ts';
import type { Draw } from './every-frame.ts';

const frames = new Frames({
  request: (step) => requestAnimationFrame(step),
  cancel: (handle) => {
    cancelAnimationFrame(handle);
  },
  report: (error) => {
    reportError(error);
  },
});

/** See {@link Frames.every}. */
export function everyFrame(draw: Draw, intervalMs?: () => number): () => void {
  return frames.every(draw, intervalMs);
}
