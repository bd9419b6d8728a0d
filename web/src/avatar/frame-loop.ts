/**
 * Frames: calls back before repaints, as long as the face can be seen.
 *
 * Owns when nothing is drawn: on a hidden page, and out of sight. Refuses to know what is drawn.
 */
import { everyFrame } from '../frames/index.ts';

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

export class FrameLoop {
  readonly #options: FrameLoopOptions;
  readonly #sight: IntersectionObserver | null;
  #isInSight = true;
  /** Ends the frames; null while there are none. */
  #end: (() => void) | null = null;

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
    if (shouldRun === (this.#end !== null)) return;
    if (!shouldRun) {
      this.#stop();
      return;
    }
    this.#options.onRunning?.(true);
    this.#end = everyFrame((nowMs) => {
      this.#options.onFrame(nowMs / 1000);
    }, this.#options.intervalMs);
  };

  #stop(): void {
    if (this.#end === null) return;
    this.#end();
    this.#end = null;
    this.#options.onRunning?.(false);
  }
}
