/**
 * Keeps the transcript from one visit to the next: in the tab's own storage, so that each tab finds its own again, and in
 * the browser's, where a new tab finds the last that its user said.
 *
 * ```
 * something is over, or was typed:  written a moment later
 * something is under way:           written seldom, so that a page that dies loses little
 * the page is hidden or left:       written at once
 * ```
 * Owns when it is written, and whose it is: what a user who signed in has said waits for them, and nobody else is shown it.
 * Refuses to know who signs in, and when.
 */
import { isOverAlike, store as toStored } from '../state/index.ts';
import type { ConversationStore, StoredTranscript } from '../state/index.ts';
import { HISTORY, KeptTranscripts, parseKept } from './kept-transcripts.ts';
import type { Kept } from './kept-transcripts.ts';
import { read, write } from './storage.ts';

const SOON_MS = 400;
const SELDOM_MS = 10_000;

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
  readonly #browser: KeptTranscripts;
  readonly #unsubscribe: () => void;
  /** Utterances from this key on are of this tab; those before it were found in the browser. */
  #firstHere = 0;
  #user = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isSoon = false;

  /** Puts back what was kept for whoever is here, and keeps what comes. */
  constructor(options: KeeperOptions) {
    this.#options = options;
    const { store } = options;
    this.#browser = new KeptTranscripts(options.storage);
    const own = this.#own;
    // The tab's own was said here; what a user has said waits for them to say that they are back.
    const kept = own ?? this.#browser.of('');
    if (!options.isDeleted(kept)) {
      this.#user = kept.user;
      store.dispatch({ type: 'page.restored', transcript: kept });
      if (own === null) this.#firstHere = store.getState().nextKey;
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
   * have said nothing yet on this one; then what others said before them stays whose it is.
   */
  claim(user: string): StoredTranscript | null {
    const kept = this.#keptOf(user);
    const { utterances } = this.#options.store.getState();
    // A greeting that nobody answered is worth less than what was said before.
    const said = utterances.filter(({ speaker }) => speaker === 'user');
    const isNew = said.some(({ key }) => kept === null || key >= this.#firstHere);
    if (isNew) this.#handOver(user);
    this.#user = user;
    return isNew ? null : kept;
  }

  /** Somebody else may sit here now: what was said is kept for whom it belongs to, and leaves the page. */
  setAside(): void {
    this.flush();
    this.#clear();
  }

  /** The user is gone: nothing of what they said stays in this browser. */
  forget(): void {
    this.#browser.remove(this.#user);
    this.#clear();
    this.#writeTab();
  }

  /** Another tab goes on with the transcript: this one lets go of it, and leaves what the other keeps as it is. */
  giveWay(): void {
    const user = this.#user;
    this.#clear();
    this.#user = user;
    this.#writeTab();
  }

  /** Writes at once what waits to be written. */
  readonly flush = (): void => {
    if (this.#timer === undefined) return;
    this.#cancel();
    this.#write();
  };

  dispose(): void {
    this.flush();
    this.#unsubscribe();
  }

  get #own(): Kept | null {
    const { tab } = this.#options;
    const own = tab === null ? null : read(tab, HISTORY);
    return own === null ? null : parseKept(own);
  }

  get #present(): Kept {
    return { user: this.#user, ...toStored(this.#options.store.getState()) };
  }

  #keptOf(user: string): Kept | null {
    const kept = [this.#own, this.#browser.of(user)].find(
      (each) => each?.user === user && each.utterances.length > 0,
    );
    return kept == null || this.#options.isDeleted(kept) ? null : kept;
  }

  /** What nobody had said is a user's: whoever comes without a key is shown it no more. */
  #handOver(user: string): void {
    this.flush();
    const isSame = this.#browser.of(this.#user).conversationId === this.#present.conversationId;
    if (isSame) this.#browser.remove(this.#user);
    this.#user = user;
    this.#write();
  }

  #clear(): void {
    this.#options.store.dispatch({ type: 'history.cleared' });
    this.#cancel();
    this.#user = '';
  }

  #write(): void {
    this.#writeTab();
    this.#browser.put(this.#present);
  }

  #writeTab(): void {
    const { tab } = this.#options;
    if (tab !== null) write(tab, HISTORY, this.#present);
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
