/**
 * Frames: calls back before repaints, as long as the face can be seen.
 *
 * Owns when nothing is drawn: on a hidden page, and out of sight. Refuses to know what is drawn.
 */

export interface FrameLoopOptions {
  /** What must be in sight. */
  readonly element: Element;
  /** The shortest time between two frames; asked before each, since it may change with the machine's load. */
  readonly intervalMs: () => number;
  /** `now` in seconds on the page's clock. */
  readonly onFrame: (now: number) => void;
  /** Tells when drawing stops and goes on. */
  readonly onRunning?: (isRunning: boolean) => void;
}

/** Repaints do not come exactly in time. */
const TOLERANCE_MS = 3;

export class FrameLoop {
  readonly #options: FrameLoopOptions;
  readonly #sight: IntersectionObserver | null;
  #handle = 0;
  #drawnAt = -Infinity;
  #isInSight = true;
  #isRunning = false;

  constructor(options: FrameLoopOptions) {
    this.#options = options;
    this.#sight =
      typeof IntersectionObserver === 'undefined'
        ? null
        : new IntersectionObserver((entries) => {
            this.#isInSight = entries.at(-1)?.isIntersecting ?? true;
            this.#settle();
          });
    this.#sight?.observe(options.element);
    document.addEventListener('visibilitychange', this.#settle);
    this.#settle();
  }

  close(): void {
    this.#sight?.disconnect();
    document.removeEventListener('visibilitychange', this.#settle);
    this.#stop();
  }

  readonly #settle = (): void => {
    const shouldRun = this.#isInSight && !document.hidden;
    if (shouldRun === this.#isRunning) return;
    if (!shouldRun) {
      this.#stop();
      return;
    }
    this.#isRunning = true;
    this.#options.onRunning?.(true);
    this.#handle = requestAnimationFrame(this.#step);
  };

  readonly #step = (nowMs: number): void => {
    this.#handle = requestAnimationFrame(this.#step);
    if (nowMs - this.#drawnAt < this.#options.intervalMs() - TOLERANCE_MS) return;
    this.#drawnAt = nowMs;
    this.#options.onFrame(nowMs / 1000);
  };

  #stop(): void {
    cancelAnimationFrame(this.#handle);
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#options.onRunning?.(false);
  }
}
