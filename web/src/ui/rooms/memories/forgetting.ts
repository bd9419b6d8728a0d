/**
 * What is to be forgotten, and may still be taken back: it is off the screen at once, and off the server a moment later.
 *
 * Owns the waiting. Whoever leaves has meant it: what waits is then done at once. Refuses to know how anything is forgotten.
 */

/** Time to read a line and press a button. */
export const TAKE_BACK_MS = 8000;

interface ForgettingOptions {
  readonly forget: (id: string) => Promise<void>;
  readonly onForgotten: () => void;
  /** It is on the screen again. */
  readonly onFailed: (error: unknown) => void;
}

export class Forgetting {
  readonly #options: ForgettingOptions;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #listeners = new Set<() => void>();
  #hidden: ReadonlySet<string> = new Set();

  constructor(options: ForgettingOptions) {
    this.#options = options;
  }

  /** What is not to be shown: another set when it changes. */
  get hidden(): ReadonlySet<string> {
    return this.#hidden;
  }

  /** Returns what ends the subscription. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  begin(id: string): void {
    if (this.#timers.has(id)) return;
    const timer = setTimeout(() => {
      void this.#finish(id);
    }, TAKE_BACK_MS);
    this.#timers.set(id, timer);
    this.#hide(id, true);
  }

  takeBack(id: string): void {
    if (!this.#timers.has(id)) return;
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.#hide(id, false);
  }

  /** Forgets now what waits. */
  flush(): void {
    for (const [id, timer] of this.#timers) {
      clearTimeout(timer);
      void this.#finish(id);
    }
  }

  async #finish(id: string): Promise<void> {
    this.#timers.delete(id);
    try {
      await this.#options.forget(id);
      // It stays hidden: a list asked for before may still have it.
      this.#options.onForgotten();
    } catch (error) {
      this.#hide(id, false);
      this.#options.onFailed(error);
    }
  }

  #hide(id: string, isHidden: boolean): void {
    const hidden = new Set(this.#hidden);
    if (isHidden) hidden.add(id);
    else hidden.delete(id);
    this.#hidden = hidden;
    for (const listener of this.#listeners) listener();
  }
}
