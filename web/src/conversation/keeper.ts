/**
 * What outlives the page, and where: preferences in local storage, the key in session storage; the transcript in both, so
 * that each tab finds its own again, and a new one the last there was.
 */
import { parsePreferences, parseTranscript, store as toStored } from '../state/index.ts';
import type { ConversationState, ConversationStore } from '../state/index.ts';
import { read, write } from './storage.ts';

const HISTORY = 'vivavoce.history';
const PREFERENCES = 'vivavoce.preferences';
const KEY = 'vivavoce.key';

/** Changes are written together, this long after the first of them. */
const WRITE_AFTER_MS = 400;

/** Keeps a store's history and preferences from one visit to the next. */
export class Keeper {
  readonly #store: ConversationStore;
  readonly #storage: Storage;
  readonly #tab: Storage | null;
  readonly #unsubscribe: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Puts back what was kept, and keeps what comes.
   *
   * @param tab - what this tab keeps for itself; null for nothing.
   */
  constructor(store: ConversationStore, storage: Storage, tab: Storage | null = null) {
    this.#store = store;
    this.#storage = storage;
    this.#tab = tab;
    const own = tab === null ? null : read(tab, HISTORY);
    store.dispatch({
      type: 'page.restored',
      ...parseTranscript(own ?? read(storage, HISTORY)),
      preferences: parsePreferences(read(storage, PREFERENCES)),
    });
    this.#unsubscribe = store.subscribe((state, before) => {
      if (isWorthKeeping(state, before)) this.#timer ??= setTimeout(this.flush, WRITE_AFTER_MS);
    });
  }

  /** Writes at once what waits to be written. */
  readonly flush = (): void => {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const state = this.#store.getState();
    const transcript = { conversationId: state.conversationId, utterances: toStored(state) };
    write(this.#storage, HISTORY, transcript);
    if (this.#tab !== null) write(this.#tab, HISTORY, transcript);
    write(this.#storage, PREFERENCES, state.preferences);
  };

  dispose(): void {
    this.flush();
    this.#unsubscribe();
  }
}

/** Holds the user's key until the tab is closed, and no longer. */
export class KeyRing {
  readonly #storage: Storage;
  readonly #listeners = new Set<() => void>();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  get key(): string | null {
    const kept = read(this.#storage, KEY);
    return typeof kept === 'string' && kept !== '' ? kept : null;
  }

  set key(key: string | null) {
    write(this.#storage, KEY, key);
    for (const listener of this.#listeners) listener();
  }

  get hasKey(): boolean {
    return this.key !== null;
  }

  /** Calls `listener` at each change; the returned function ends that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

function isWorthKeeping(state: ConversationState, before: ConversationState): boolean {
  return (
    state.utterances !== before.utterances ||
    state.conversationId !== before.conversationId ||
    state.preferences !== before.preferences
  );
}
