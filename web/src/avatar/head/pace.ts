/**
 * The pace: how fine the picture is, and how often it is drawn, by what the machine can keep up with.
 *
 * Owns the decision; is told when frames come. A processor that draws may also have to hear, think and speak, so it is
 * asked for half the frames, and for a quarter while somebody waits for an answer.
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
/** In time: no longer than this. */
const EASE = 1.1;
/** Windows in time before a finer picture is tried; twice as many after each that was tried in vain. */
const PATIENCE = 6;
/** A gap this long is a pause and not a slow frame. */
const PAUSE_MS = 500;

export class Pace {
  /** Pixels of the picture for one of the page. */
  ratio: number;
  readonly #isSoftware: boolean;
  readonly #finest: number;
  #lastMs = -Infinity;
  #sum = 0;
  #count = 0;
  #inTime = 0;
  #patience = PATIENCE;
  #isTrying = false;
  #isWaitedFor = false;

  constructor({ isSoftware, deviceRatio }: PaceOptions) {
    this.#isSoftware = isSoftware;
    this.#finest = Math.min(deviceRatio, isSoftware ? 1 : SHARPEST);
    this.ratio = this.#finest;
  }

  /** At least this long between two frames. */
  get intervalMs(): number {
    if (!this.#isSoftware) return 0;
    return this.#isWaitedFor ? 1000 / 15 : 1000 / 30;
  }

  /** Whether an answer is being thought out. */
  set isWaitedFor(isWaitedFor: boolean) {
    if (this.#isWaitedFor === isWaitedFor) return;
    this.#isWaitedFor = isWaitedFor;
    // Frames of two intervals cannot be judged together.
    this.#sum = 0;
    this.#count = 0;
  }

  /** Tells that a frame is drawn at `nowMs`; returns whether `ratio` changed. */
  frame(nowMs: number): boolean {
    const gap = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    if (gap > PAUSE_MS) return false;
    this.#sum += gap;
    this.#count += 1;
    if (this.#count < WINDOW) return false;
    const share = this.#sum / this.#count / Math.max(this.intervalMs, 1000 / 60);
    this.#sum = 0;
    this.#count = 0;
    const before = this.ratio;
    if (share > SLACK) this.#coarser();
    else if (share < EASE) this.#finer();
    return this.ratio !== before;
  }

  #coarser(): void {
    if (this.#isTrying) this.#patience *= 2;
    this.#isTrying = false;
    this.#inTime = 0;
    this.ratio = Math.max(Math.min(COARSEST, this.#finest), this.ratio * STEP);
  }

  #finer(): void {
    this.#inTime += 1;
    if (this.#inTime < this.#patience || this.ratio >= this.#finest) return;
    this.#inTime = 0;
    this.#isTrying = true;
    this.ratio = Math.min(this.#finest, this.ratio / STEP);
  }
}
