/**
 * How far back in the browser's history the page without a room lies, so that closing a room goes there, and the browser's way
 * back does not lead into a room that was closed.
 *
 * Owns the count, which is kept with each entry of the history. Refuses to know what a room is.
 */

/** The part of a browser's history that is used. */
export type BrowserHistory = Pick<History, 'state' | 'replaceState' | 'go'>;

/** How many entries; null where a room was opened by its address, and there is nothing before it that is ours. */
type Steps = number | null;

const NAME = 'vivavoceSteps';

export class WayBack {
  readonly #history: BrowserHistory;
  readonly #isInRoom: () => boolean;
  /** Of the entry that the page was last seen at. */
  #steps: Steps = 0;
  #isLeaving = false;

  constructor(history: BrowserHistory, isInRoom: () => boolean) {
    this.#history = history;
    this.#isInRoom = isInRoom;
    if (isInRoom()) this.#mark(this.#kept() ?? null);
  }

  /** Whether the browser is on its way out of the rooms: it takes a moment. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Call it when the address has changed. */
  arrived(): void {
    this.#isLeaving = false;
    if (!this.#isInRoom()) {
      this.#steps = 0;
      return;
    }
    // An entry that was not seen before was opened from the one before it.
    this.#mark(this.#kept() ?? (this.#steps === null ? null : this.#steps + 1));
  }

  /** Goes back to the page; where there is none to go back to, the entry becomes that of the page. */
  leave(page: string): void {
    if (this.#steps === null || this.#steps === 0) {
      this.#history.replaceState(null, '', page);
      this.#steps = 0;
      return;
    }
    this.#isLeaving = true;
    this.#history.go(-this.#steps);
  }

  /** Undefined for an entry that was not seen before. */
  #kept(): Steps | undefined {
    const state: unknown = this.#history.state;
    if (typeof state !== 'object' || state === null || !(NAME in state)) return undefined;
    const steps = state[NAME];
    return typeof steps === 'number' ? steps : null;
  }

  #mark(steps: Steps): void {
    this.#steps = steps;
    if (this.#kept() === undefined) this.#history.replaceState({ [NAME]: steps }, '');
  }
}
