/**
 * The pace: how fine the picture is, and how often it is drawn, by what the machine can keep up with.
 *
 * Owns the decision; is told when frames come. A processor that draws also hears, thinks and speaks, so it is asked for
 * half the frames.
 */
export interface PaceOptions {
  readonly isSoftware: boolean;
  readonly deviceRatio: number;
}

const SHARPEST = 2;
const COARSEST = 0.5;
const STEP = 0.8;
/** Frames looked at before anything is changed. */
const WINDOW = 40;
/** Too slow: this much longer than wished. */
const SLACK = 1.3;
/** A gap this long is a pause and not a slow frame. */
const PAUSE_MS = 500;

export class Pace {
  /** Pixels of the picture for one of the page. */
  ratio: number;
  readonly intervalMs: number;
  #lastMs = -Infinity;
  #sum = 0;
  #count = 0;

  constructor({ isSoftware, deviceRatio }: PaceOptions) {
    this.intervalMs = isSoftware ? 1000 / 30 : 0;
    this.ratio = Math.min(deviceRatio, isSoftware ? 1 : SHARPEST);
  }

  /** Tells that a frame is drawn at `nowMs`; returns whether `ratio` changed. */
  frame(nowMs: number): boolean {
    const gap = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    if (gap > PAUSE_MS) return false;
    this.#sum += gap;
    this.#count += 1;
    if (this.#count < WINDOW) return false;
    const mean = this.#sum / this.#count;
    this.#sum = 0;
    this.#count = 0;
    if (mean <= Math.max(this.intervalMs, 1000 / 60) * SLACK || this.ratio <= COARSEST) return false;
    this.ratio = Math.max(COARSEST, this.ratio * STEP);
    return true;
  }
}
