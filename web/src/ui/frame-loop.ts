/**
 * One loop for everything that is drawn at every repaint.
 *
 * However many pictures move, the browser is asked for one callback; with none, for none, and on a hidden page it gives
 * none. Nothing is allocated in a frame.
 */

type Draw = (nowMs: number) => void;

const drawing = new Set<Draw>();
let handle = 0;

function step(nowMs: number): void {
  handle = requestAnimationFrame(step);
  for (const draw of drawing) draw(nowMs);
}

/** Calls `draw` before every repaint until the returned function is called. */
export function everyFrame(draw: Draw): () => void {
  drawing.add(draw);
  if (drawing.size === 1) handle = requestAnimationFrame(step);
  return () => {
    drawing.delete(draw);
    if (drawing.size === 0) cancelAnimationFrame(handle);
  };
}
