/** A browser's storage, read and written as JSON; it may be forbidden, full, or hold what something else wrote. */

/** Returns null where nothing can be read. */
export function read(storage: Storage, name: string): unknown {
  try {
    return JSON.parse(storage.getItem(name) ?? 'null') as unknown;
  } catch {
    // Forbidden by the browser's settings, or written by something else: as good as nothing kept.
    return null;
  }
}

export function write(storage: Storage, name: string, value: unknown): void {
  try {
    storage.setItem(name, JSON.stringify(value));
  } catch {
    // Forbidden or full: the conversation goes on, and is forgotten when the page is left.
  }
}

export function remove(storage: Storage, name: string): void {
  try {
    storage.removeItem(name);
  } catch {
    // Forbidden: then nothing was kept either.
  }
}
