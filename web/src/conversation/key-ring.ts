/** Holds the user's key until the tab is closed, and no longer. Refuses to know what the key opens, and whose it is. */
import { read, write } from './storage.ts';

const KEY = 'vivavoce.key';

/** See the module's docstring. */
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
