/**
 * One loop for everything that is drawn: the face, the levels, the sounds.
 *
 * However many pictures move, the browser is asked for one callback a repaint; with none, for none, and on a hidden page it
 * gives none. Owns who is drawn when. Refuses to know what. Nothing is made in a frame.
 */

export type Draw = (nowMs: number) => void;

/** What is asked of the browser. */
export interface Repaints {
  readonly request: (step: Draw) => number;
  readonly cancel: (handle: number) => void;
  /** A picture that fails must not take the others with it. */
  readonly report: (error: unknown) => void;
}

/** Repaints do not come exactly in time. */
const TOLERANCE_MS = 3;

interface Drawing {
  readonly draw: Draw;
  readonly intervalMs: () => number;
  drawnAt: number;
}

/** See the module's docstring. */
export class Frames {
  readonly #repaints: Repaints;
  readonly #drawings: Drawing[] = [];
  #handle = 0;

  constructor(repaints: Repaints) {
    this.#repaints = repaints;
  }

  /**
   * Calls `draw` before repaints until the returned function is called; `intervalMs`, asked before each, is the shortest time
   * between two calls.
   */
  every(draw: Draw, intervalMs: () => number = atOnce): () => void {
    const drawing: Drawing = { draw, intervalMs, drawnAt: -Infinity };
    this.#drawings.push(drawing);
    if (this.#drawings.length === 1) this.#handle = this.#repaints.request(this.#step);
    return () => {
      const place = this.#drawings.indexOf(drawing);
      if (place < 0) return;
      this.#drawings.splice(place, 1);
      if (this.#drawings.length === 0) this.#repaints.cancel(this.#handle);
    };
  }

  readonly #step = (nowMs: number): void => {
    this.#handle = this.#repaints.request(this.#step);
    // Backwards, so that a picture that ends itself or another makes none miss its turn; and by index, since an iterator
    // would be made anew each frame.
    for (let place = this.#drawings.length - 1; place >= 0; place -= 1) {
      const drawing = this.#drawings[place];
      if (drawing !== undefined) this.#draw(drawing, nowMs);
    }
  };

  #draw(drawing: Drawing, nowMs: number): void {
    try {
      const passedMs = nowMs - drawing.drawnAt;
      if (passedMs === 0 || passedMs < drawing.intervalMs() - TOLERANCE_MS) return;
      drawing.drawnAt = nowMs;
      drawing.draw(nowMs);
    } catch (error) {
      this.#repaints.report(error);
    }
  }
}

function atOnce(): number {
  return 0;
}
