/**
 * What was last said in this browser, by user: each finds their own again, whoever talked here since.
 *
 * Owns where the transcript of each lies, and how many of them there are. Refuses to know who is here, and when to write.
 */
import { parseTranscript } from '../state/index.ts';
import type { StoredTranscript } from '../state/index.ts';
import { read, remove, write } from './storage.ts';

/** A tab keeps one transcript under this name, a browser that of whoever is not signed in. */
export const HISTORY = 'vivavoce.history';
const OF_USER = `${HISTORY}.of.`;
/** A browser's storage is small, and a transcript may be long. */
const MAX_OTHERS = 4;

/** A transcript, and whose it is; empty for whoever sits here. */
export interface Kept extends StoredTranscript {
  readonly user: string;
}

/** See the module's docstring. */
export class KeptTranscripts {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#moveOver();
  }

  /** What was last said by a user, empty for whoever is not signed in. */
  of(user: string): Kept {
    const kept = parseKept(read(this.#storage, placeOf(user)));
    return kept.user === user ? kept : { ...parseKept(null), user };
  }

  put(kept: Kept): void {
    const place = placeOf(kept.user);
    write(this.#storage, place, kept);
    this.#forgetOldest(place);
  }

  remove(user: string): void {
    remove(this.#storage, placeOf(user));
  }

  /** There was one place for all once, and whoever was here last had it. */
  #moveOver(): void {
    const last = parseKept(read(this.#storage, HISTORY));
    if (last.user === '') return;
    if (this.of(last.user).utterances.length === 0) this.put(last);
    remove(this.#storage, HISTORY);
  }

  #forgetOldest(present: string): void {
    const others = this.#places().filter((place) => place !== present);
    if (others.length <= MAX_OTHERS) return;
    const byAge = others
      .map((place) => ({ place, at: lastAt(parseKept(read(this.#storage, place))) }))
      .toSorted((one, other) => one.at - other.at);
    for (const { place } of byAge.slice(0, -MAX_OTHERS)) remove(this.#storage, place);
  }

  /** Those of users who signed in. */
  #places(): readonly string[] {
    const names = Array.from({ length: this.#storage.length }, (_, at) => this.#storage.key(at) ?? '');
    return names.filter((name) => name.startsWith(OF_USER));
  }
}

/** Reads a transcript, whoever wrote it. */
export function parseKept(value: unknown): Kept {
  const user = (value as { readonly user?: unknown } | null)?.user;
  return { user: typeof user === 'string' ? user : '', ...parseTranscript(value) };
}

function placeOf(user: string): string {
  return user === '' ? HISTORY : `${OF_USER}${user}`;
}

function lastAt({ utterances }: Kept): number {
  return utterances.at(-1)?.at ?? 0;
}
