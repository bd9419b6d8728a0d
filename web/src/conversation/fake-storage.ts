/** A browser's storage for tests; `isFull` makes it refuse. */
export class FakeStorage implements Storage {
  [name: string]: unknown;
  readonly entries: Map<string, string> = new Map<string, string>();
  writes = 0;
  isFull = false;

  get length(): number {
    return this.entries.size;
  }

  clear(): void {
    this.entries.clear();
  }

  getItem(name: string): string | null {
    return this.entries.get(name) ?? null;
  }

  key(at: number): string | null {
    return [...this.entries.keys()][at] ?? null;
  }

  removeItem(name: string): void {
    this.entries.delete(name);
  }

  setItem(name: string, value: string): void {
    if (this.isFull) throw new Error('QuotaExceededError');
    this.writes += 1;
    this.entries.set(name, value);
  }
}
