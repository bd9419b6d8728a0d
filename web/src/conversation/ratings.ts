/**
 * What the user thinks of replies: shown at once, kept in this browser, and told to the server as soon as it can be.
 *
 * Owns what was not told yet, and when it is tried again. Refuses to know how it is told and how it looks.
 */
export type Rating = 'up' | 'down';

/** Told to the server under the conversation and the entry. */
export type TellRating = (
  where: { readonly conversation: string; readonly entry: string },
  rating: Rating | null,
) => Promise<void>;

interface Kept {
  readonly rating: Rating | null;
  /** Null while the server has given the conversation no name. */
  readonly conversation: string | null;
  readonly isTold: boolean;
}

interface RatingsOptions {
  readonly tell: TellRating;
  /** Whether the server may know the reply in a moment: what could not be told for another reason waits for the next visit. */
  readonly isPassing: (error: unknown) => boolean;
  readonly storage: Storage;
  /** The conversation that goes on; null before the server has named it. */
  readonly conversation: () => string | null;
}

const PLACE = 'vivavoce.ratings';
/** More than the page keeps of what was said. */
const MAX_KEPT = 400;
/** A reply is written down a moment after it was spoken. */
const AGAIN_MS = 5000;
/** What is not there by then is tried at the next visit. */
const MAX_TRIES = 6;

/** See the module's docstring. */
export class Ratings {
  readonly #options: RatingsOptions;
  readonly #listeners = new Set<() => void>();
  #kept: ReadonlyMap<string, Kept>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isTelling = false;
  #tries = 0;

  constructor(options: RatingsOptions) {
    this.#options = options;
    this.#kept = read(options.storage);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  of(entry: string): Rating | null {
    return this.#kept.get(entry)?.rating ?? null;
  }

  /** Keeps a rating; null takes it back. */
  rate(entry: string, rating: Rating | null): void {
    const conversation = this.#kept.get(entry)?.conversation ?? this.#options.conversation();
    this.#put(entry, { rating, conversation, isTold: false });
    void this.flush();
  }

  /** Tells the server what it does not know yet; call it when the server is there again. */
  async flush(): Promise<void> {
    this.#tries = 0;
    await this.#tellAll();
  }

  /** Stops trying until something is rated or {@link flush} is called. */
  dispose(): void {
    clearTimeout(this.#timer);
  }

  async #tellAll(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#isTelling) return;
    this.#isTelling = true;
    this.#tries += 1;
    let isLeft = false;
    for (const [entry, kept] of this.#kept) {
      if (!kept.isTold && !(await this.#tell(entry, kept))) isLeft = true;
    }
    this.#isTelling = false;
    if (isLeft && this.#tries < MAX_TRIES) this.#timer = setTimeout(() => void this.#tellAll(), AGAIN_MS);
  }

  /** Returns false when it is worth trying again soon. */
  async #tell(entry: string, kept: Kept): Promise<boolean> {
    const conversation = kept.conversation ?? this.#options.conversation();
    if (conversation === null) return true;
    try {
      await this.#options.tell({ conversation, entry }, kept.rating);
    } catch (error) {
      return !this.#options.isPassing(error);
    }
    // It may have been rated anew meanwhile; then that is still to be told.
    if (this.#kept.get(entry) !== kept) return false;
    this.#put(entry, { ...kept, conversation, isTold: true });
    return true;
  }

  #put(entry: string, kept: Kept): void {
    const others = [...this.#kept].filter(([name]) => name !== entry);
    this.#kept = new Map([...others, [entry, kept] as const].slice(-MAX_KEPT));
    write(this.#options.storage, this.#kept);
    for (const listener of this.#listeners) listener();
  }
}

function read(storage: Storage): ReadonlyMap<string, Kept> {
  try {
    const kept = JSON.parse(storage.getItem(PLACE) ?? '[]') as unknown;
    return new Map(Array.isArray(kept) ? kept.filter(isEntry) : []);
  } catch {
    // Forbidden by the browser's settings, or written by something else: as good as nothing kept.
    return new Map();
  }
}

function isEntry(entry: unknown): entry is readonly [string, Kept] {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string') return false;
  const kept: unknown = entry[1];
  if (typeof kept !== 'object' || kept === null) return false;
  const { rating, conversation, isTold } = kept as Readonly<Record<string, unknown>>;
  const isKnown = rating === null || rating === 'up' || rating === 'down';
  return (
    isKnown && (conversation === null || typeof conversation === 'string') && typeof isTold === 'boolean'
  );
}

function write(storage: Storage, kept: ReadonlyMap<string, Kept>): void {
  try {
    storage.setItem(PLACE, JSON.stringify([...kept]));
  } catch {
    // Forbidden or full: it is kept for as long as the page is open.
  }
}
