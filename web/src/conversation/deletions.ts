/**
 * Which conversations the user has deleted on the server, so that no tab of this browser brings one back: neither one that
 * has it on the screen, nor one that kept it and is opened later.
 *
 * Owns the list of them, and the question whether a transcript is of one. Refuses to know how they are deleted.
 */
import type { ConversationStore } from '../state/index.ts';
import type { Kept } from './kept-transcripts.ts';
import { read, write } from './storage.ts';

const DELETED = 'vivavoce.deleted';
/** More than a browser has tabs. */
const MAX_IDS = 200;

interface Deleted {
  readonly ids: readonly string[];
  /** When a user deleted all of theirs, in milliseconds since the epoch. */
  readonly all: Readonly<Record<string, number>>;
}

type Transcript = Pick<Kept, 'user' | 'conversationId'> & {
  readonly utterances: readonly { readonly at: number }[];
};

interface DeletionsOptions {
  readonly storage: Storage;
  readonly store: ConversationStore;
  /** Whose the transcript on the page is. */
  readonly user: () => string;
  /** Has the page begin a new conversation, with nothing in it. */
  readonly clear: () => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** See the module's docstring. */
export class Deletions {
  readonly #options: DeletionsOptions;

  constructor(options: DeletionsOptions) {
    this.#options = options;
  }

  /** The user deleted a conversation, or all of theirs (null). */
  add(id: string | null): void {
    const { storage, store, user, clear, now = Date.now } = this.#options;
    const { ids, all } = this.#deleted;
    const next: Deleted =
      id === null
        ? { ids, all: { ...all, [user()]: now() } }
        : { all, ids: [...ids.filter((each) => each !== id), id].slice(-MAX_IDS) };
    write(storage, DELETED, next);
    const { conversationId, utterances } = store.getState();
    if (id === null ? conversationId !== null || utterances.length > 0 : id === conversationId) clear();
  }

  /** What another tab has written may be that it deleted what is on the page. */
  heard({ key }: StorageEvent): void {
    const { store, user, clear } = this.#options;
    if (key === DELETED && this.has({ ...store.getState(), user: user() })) clear();
  }

  has({ user, conversationId, utterances }: Transcript): boolean {
    const { ids, all } = this.#deleted;
    const lastAt = utterances.at(-1)?.at ?? Infinity;
    const isOne = conversationId !== null && ids.includes(conversationId);
    return isOne || lastAt <= (all[user] ?? -Infinity);
  }

  get #deleted(): Deleted {
    const { ids, all } = (read(this.#options.storage, DELETED) ?? {}) as Readonly<Record<string, unknown>>;
    return {
      ids: Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [],
      all: isTimes(all) ? all : {},
    };
  }
}

function isTimes(value: unknown): value is Deleted['all'] {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).every((at) => typeof at === 'number');
}
