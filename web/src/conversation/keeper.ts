/**
 * Keeps the transcript from one visit to the next: in the tab's own storage, so that each tab finds its own again, and in
 * the browser's, where a new tab finds the last there was.
 *
 * ```
 * something is over, or was typed:  written a moment later
 * something is under way:           written seldom, so that a page that dies loses little
 * the page is hidden or left:       written at once
 * ```
 * Owns when it is written, and whose it is: what a user who signed in has said waits for them, and nobody else is shown it.
 * Refuses to know who signs in, and when.
 */
import { isOverAlike, parseTranscript, store as toStored } from '../state/index.ts';
import type { ConversationStore, StoredTranscript } from '../state/index.ts';
import { read, write } from './storage.ts';

const HISTORY = 'vivavoce.history';

const SOON_MS = 400;
const SELDOM_MS = 10_000;

/** A transcript, and whose it is; empty for whoever sits here. */
export interface Kept extends StoredTranscript {
  readonly user: string;
}

interface KeeperOptions {
  readonly store: ConversationStore;
  readonly storage: Storage;
  /** What this tab keeps for itself; null for nothing. */
  readonly tab: Storage | null;
  /** Whether the user has deleted the conversation since. */
  readonly isDeleted: (kept: Kept) => boolean;
}

/** See the module's docstring. */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #unsubscribe: () => void;
  #user = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isSoon = false;

  /** Puts back what was kept for whoever is here, and keeps what comes. */
  constructor(options: KeeperOptions) {
    this.#options = options;
    const { store } = options;
    const own = this.#own;
    const kept = own ?? this.#last;
    // The tab's own was said here; the last there was may be somebody's who has to say first that they are back.
    if ((own !== null || kept.user === '') && !options.isDeleted(kept)) {
      this.#user = kept.user;
      store.dispatch({ type: 'page.restored', transcript: kept });
    }
    this.#unsubscribe = store.subscribe((state, before) => {
      if (!isOverAlike(state, before)) this.#later(SOON_MS);
      else if (state.utterances !== before.utterances) this.#later(SELDOM_MS);
    });
  }

  /** Whose the transcript on the page is; empty for whoever sits here. */
  get user(): string {
    return this.#user;
  }

  /**
   * The user says who they are: what was said so far is theirs. Returns what they said on an earlier visit, where they
   * have said nothing yet on this one.
   */
  claim(user: string): StoredTranscript | null {
    this.#user = user;
    // A greeting that nobody answered is worth less than what was said before.
    if (this.#options.store.getState().utterances.some(({ speaker }) => speaker === 'user')) {
      this.#later(SOON_MS);
      return null;
    }
    const kept = [this.#own, this.#last].find((each) => each?.user === user && each.utterances.length > 0);
    return kept == null || this.#options.isDeleted(kept) ? null : kept;
  }

  /** Somebody else may sit here now: what was said is kept for whom it belongs to, and leaves the page. */
  setAside(): void {
    this.flush();
    this.#clear();
  }

  /** The user is gone: nothing of what they said stays in this browser. */
  forget(): void {
    const isTheirs = this.#last.user === '' || this.#last.user === this.#user;
    this.#clear();
    this.#write(this.#options.tab);
    if (isTheirs) this.#write(this.#options.storage);
  }

  /** Another tab goes on with the transcript: this one lets go of it, and leaves what the other keeps as it is. */
  giveWay(): void {
    const user = this.#user;
    this.#clear();
    this.#user = user;
    this.#write(this.#options.tab);
  }

  /** Writes at once what waits to be written. */
  readonly flush = (): void => {
    if (this.#timer === undefined) return;
    this.#cancel();
    this.#write(this.#options.tab);
    this.#write(this.#options.storage);
  };

  dispose(): void {
    this.flush();
    this.#unsubscribe();
  }

  get #own(): Kept | null {
    const { tab } = this.#options;
    const own = tab === null ? null : read(tab, HISTORY);
    return own === null ? null : parse(own);
  }

  get #last(): Kept {
    return parse(read(this.#options.storage, HISTORY));
  }

  #clear(): void {
    this.#options.store.dispatch({ type: 'history.cleared' });
    this.#cancel();
    this.#user = '';
  }

  #write(storage: Storage | null): void {
    if (storage === null) return;
    const kept: Kept = { user: this.#user, ...toStored(this.#options.store.getState()) };
    write(storage, HISTORY, kept);
  }

  /** What waits to be written soon is not put off by what may wait. */
  #later(delayMs: number): void {
    const isSoon = delayMs === SOON_MS;
    if (this.#timer !== undefined && (this.#isSoon || !isSoon)) return;
    this.#cancel();
    this.#isSoon = isSoon;
    this.#timer = setTimeout(this.flush, delayMs);
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

function parse(value: unknown): Kept {
  const user = (value as { readonly user?: unknown } | null)?.user;
  return { user: typeof user === 'string' ? user : '', ...parseTranscript(value) };
}
