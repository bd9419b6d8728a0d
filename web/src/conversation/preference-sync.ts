/**
 * Brings a signed-in user's preferences to the server and back: what is chosen holds here at once, and elsewhere soon.
 *
 * ```
 * start, sign-in, return to the page: read -> adopt what was chosen elsewhere since -> send what was chosen here since
 * a choice: noted at once, sent a moment later together with others
 * no answer: all of it again later; the page never waits
 * ```
 * Owns when preferences were chosen here, and whose they are. Refuses to know the screen, and how bytes move.
 */
import { INITIAL_PREFERENCES } from '../state/index.ts';
import type { Preferences } from '../state/index.ts';
import { FOLLOWING, isFollowing, merge, newest, note, parseChosenAt } from './choices.ts';
import type { Choices, ChosenAt } from './choices.ts';
import { read, write } from './storage.ts';

const CHOSEN = 'vivavoce.preferences.chosen';

/** Choices are sent together, this long after the first of them. */
const SEND_AFTER_MS = 600;
const AGAIN_AFTER_MS = 30_000;

/** What a server keeps of a user. */
export interface Kept {
  readonly user: string;
  readonly choices: Choices;
}

export interface PreferenceSyncOptions {
  readonly storage: Storage;
  readonly preferences: () => Preferences;
  /** Puts preferences in force that were chosen elsewhere. */
  readonly adopt: (preferences: Partial<Preferences>) => void;
  /** What the server knows the user by; null for whoever is not signed in. */
  readonly key: () => string | null;
  /** Asks the server; rejects when there is no answer. */
  readonly fetchKept: () => Promise<Kept>;
  readonly sendChoices: (choices: Choices) => Promise<Kept>;
  /** Told whose the key is, before anything of theirs is adopted. */
  readonly onUser?: (user: string) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** See the module's docstring. Every method may be called at any time. */
export class PreferenceSync {
  readonly #options: PreferenceSyncOptions;
  #chosenAt: ChosenAt;
  /** Whose choices these are; empty for whoever sits here. */
  #user: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAdopting = false;
  #isBusy = false;

  constructor(options: PreferenceSyncOptions) {
    this.#options = options;
    const { user, at } = this.#written;
    this.#chosenAt = at;
    this.#user = user;
  }

  /** Whether what this browser keeps was last written for the user of this tab, not for another tab's. */
  get isOurs(): boolean {
    return this.#written.user === this.#user;
  }

  /** The user chose something. */
  chose(preferences: Partial<Preferences>): void {
    const names = Object.keys(preferences).filter(isFollowing);
    if (this.#isAdopting || names.length === 0) return;
    this.#catchUp();
    this.#chosenAt = note(this.#chosenAt, names, this.#now());
    this.#keep();
    this.#later(SEND_AFTER_MS);
  }

  /** Reads what was chosen elsewhere, and sends what was chosen here; does nothing for whoever is not signed in. */
  async sync(): Promise<void> {
    const key = this.#options.key();
    if (key === null) return;
    if (this.#isBusy) {
      this.#later(SEND_AFTER_MS);
      return;
    }
    this.#isBusy = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      await this.#exchange(key);
    } catch {
      // No answer, or a refusal: what was chosen holds here, and is sent another time.
      this.#later(AGAIN_AFTER_MS);
    } finally {
      this.#isBusy = false;
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Somebody else may sit here by the time an answer comes: it is theirs no more than the question was. */
  async #exchange(key: string): Promise<void> {
    const { fetchKept, sendChoices } = this.#options;
    const kept = await fetchKept();
    if (this.#isGone(key)) return;
    const unsent = this.#take(kept);
    if (Object.keys(unsent).length === 0 || this.#isGone(key)) return;
    const keptSince = await sendChoices(unsent);
    if (!this.#isGone(key)) this.#take(keptSince);
  }

  /** Whoever came with another key meanwhile is asked for soon. */
  #isGone(key: string): boolean {
    const isGone = this.#options.key() !== key;
    if (isGone) this.#later(SEND_AFTER_MS);
    return isGone;
  }

  /** Takes over what a server keeps, and returns what it does not know yet. */
  #take({ user, choices }: Kept): Choices {
    this.#catchUp();
    this.#options.onUser?.(user);
    if (this.#user !== '' && this.#user !== user) this.#beginAnew();
    this.#user = user;
    const { adopted, unsent, chosenAt } = merge(this.#options.preferences(), this.#chosenAt, choices);
    this.#chosenAt = chosenAt;
    this.#keep();
    this.#adopt(adopted);
    return unsent;
  }

  /** Somebody else sits here: nothing of who did before is theirs, but the language that the page is read in. */
  #beginAnew(): void {
    this.#chosenAt = {};
    const { language } = this.#options.preferences();
    const anew = Object.fromEntries(FOLLOWING.map((name) => [name, INITIAL_PREFERENCES[name]]));
    this.#adopt({ ...anew, language });
  }

  #adopt(preferences: Partial<Preferences>): void {
    if (Object.keys(preferences).length === 0) return;
    this.#isAdopting = true;
    try {
      this.#options.adopt(preferences);
    } finally {
      this.#isAdopting = false;
    }
  }

  #later(delayMs: number): void {
    if (this.#options.key() === null) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.sync();
    }, delayMs);
  }

  /** Another tab may have noted choices since. */
  #catchUp(): void {
    const { user, at } = this.#written;
    if (user === this.#user) this.#chosenAt = newest(this.#chosenAt, at);
  }

  get #written(): { readonly user: string; readonly at: ChosenAt } {
    const kept = read(this.#options.storage, CHOSEN) as {
      readonly user?: unknown;
      readonly at?: unknown;
    } | null;
    return { user: typeof kept?.user === 'string' ? kept.user : '', at: parseChosenAt(kept?.at) };
  }

  #keep(): void {
    write(this.#options.storage, CHOSEN, { user: this.#user, at: this.#chosenAt });
  }

  #now(): number {
    return (this.#options.now ?? Date.now)() / 1000;
  }
}
