/**
 * What the user thinks of replies: shown at once, kept in this browser, and told to the server as soon as it can be.
 *
 * Owns what was not told yet, whose it is, and when it is tried again: never with another user's key. Refuses to know how
 * it is told and how it looks.
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
  /** Who thinks so; empty for whoever is not known, which is whoever sits here. */
  readonly user: string;
}

type Entry = readonly [string, Kept];
type StoredEntry = readonly [string, Omit<Kept, 'user'> & Partial<Pick<Kept, 'user'>>];

interface RatingsOptions {
  readonly tell: TellRating;
  /** Whether the server may know the reply in a moment: what could not be told for another reason waits for the next visit. */
  readonly isPassing: (error: unknown) => boolean;
  readonly storage: Storage;
  /** The conversation that goes on; null before the server has named it. */
  readonly conversation: () => string | null;
  /** Who sits here; empty while that is not known. */
  readonly user: () => string;
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
  /** Storage has what is held here, and what other tabs have rated; otherwise it is full or forbidden. */
  #isWritten = true;
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
    const { conversation: present, user } = this.#options;
    this.#catchUp();
    const conversation = this.#kept.get(entry)?.conversation ?? present();
    this.#put(entry, { rating, conversation, isTold: false, user: user() });
    void this.flush();
  }

  /** Tells the server what it does not know yet; call it when the server is there again. */
  async flush(): Promise<void> {
    this.#tries = 0;
    await this.#tellAll();
  }

  /** A user is gone: what they thought is nobody else's to tell or to see, nor is what is not known to be another's. */
  forget(user: string): void {
    this.#catchUp();
    this.#keep([...this.#kept].filter(([, kept]) => kept.user !== '' && kept.user !== user));
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
    this.#catchUp();
    const tried = new Set<string>();
    let isLeft = false;
    for (let next = this.#untold(tried); next !== undefined; next = this.#untold(tried)) {
      tried.add(wordOf(next));
      if (!(await this.#tell(...next))) isLeft = true;
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
    this.#catchUp();
    const now = this.#kept.get(entry);
    // Whoever thought so may be gone.
    if (now === undefined) return true;
    // It may have been rated anew meanwhile; then that is still to be told.
    if (now.rating !== kept.rating) return false;
    this.#put(entry, { ...now, conversation, isTold: true });
    return true;
  }

  /** The next that may be told by whoever sits here; what is rated while others are told is among them. */
  #untold(tried: ReadonlySet<string>): Entry | undefined {
    const user = this.#options.user();
    return [...this.#kept].find((entry) => {
      const [, kept] = entry;
      return !kept.isTold && (kept.user === '' || kept.user === user) && !tried.has(wordOf(entry));
    });
  }

  #put(entry: string, kept: Kept): void {
    const others = [...this.#kept].filter(([name]) => name !== entry);
    this.#keep([...others, [entry, kept] as const].slice(-MAX_KEPT));
  }

  #keep(entries: readonly Entry[]): void {
    this.#kept = new Map(entries);
    this.#isWritten = write(this.#options.storage, this.#kept);
    for (const listener of this.#listeners) listener();
  }

  /** Another tab may have rated, told or forgotten something since. */
  #catchUp(): void {
    const stored = read(this.#options.storage);
    this.#kept = this.#isWritten ? stored : new Map([...stored, ...this.#kept]);
  }
}

function wordOf([entry, { rating }]: Entry): string {
  return `${entry} ${rating ?? ''}`;
}

function read(storage: Storage): ReadonlyMap<string, Kept> {
  try {
    const kept = JSON.parse(storage.getItem(PLACE) ?? '[]') as unknown;
    return new Map(Array.isArray(kept) ? kept.filter(isEntry).map(withUser) : []);
  } catch {
    // Forbidden by the browser's settings, or written by something else: as good as nothing kept.
    return new Map();
  }
}

/** What was kept before users were told apart may be anybody's. */
function withUser([entry, { user = '', ...kept }]: StoredEntry): Entry {
  return [entry, { ...kept, user }];
}

function isEntry(entry: unknown): entry is StoredEntry {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string') return false;
  const kept: unknown = entry[1];
  if (typeof kept !== 'object' || kept === null) return false;
  const { rating, conversation, isTold, user } = kept as Readonly<Record<string, unknown>>;
  const isPlaced = conversation === null || typeof conversation === 'string';
  const isOfUser = user === undefined || typeof user === 'string';
  return isRating(rating) && isPlaced && isOfUser && typeof isTold === 'boolean';
}

function isRating(value: unknown): value is Rating | null {
  return value === null || value === 'up' || value === 'down';
}

/** Returns whether it could be written. */
function write(storage: Storage, kept: ReadonlyMap<string, Kept>): boolean {
  try {
    storage.setItem(PLACE, JSON.stringify([...kept]));
    return true;
  } catch {
    // Forbidden or full: it is kept for as long as the page is open.
    return false;
  }
}
