/** Reads one JSON object field by field; the first field that is not what it should be ends the reading. */

/** A server event that is not what the protocol says. */
export class MalformedEvent extends Error {
  override readonly name = 'MalformedEvent';
}

/** Typed access to an object nobody has checked yet. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;

  /** @param path - where the object sits in the event, for messages. */
  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new MalformedEvent(`${path} is not an object`);
    }
    this.#values = value as Readonly<Record<string, unknown>>;
    this.#path = path;
  }

  text(name: string): string {
    const value = this.#values[name];
    if (typeof value !== 'string') throw this.#wrong(name, 'a string');
    return value;
  }

  /** The string, or null when the field is absent or null. */
  textOrNull(name: string): string | null {
    const value = this.#values[name];
    return value === undefined || value === null ? null : this.text(name);
  }

  /** A finite number. */
  number(name: string): number {
    const value = this.#values[name];
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.#wrong(name, 'a number');
    return value;
  }

  numberOrNull(name: string): number | null {
    const value = this.#values[name];
    return value === undefined || value === null ? null : this.number(name);
  }

  /** A whole number that is not negative. */
  count(name: string): number {
    const value = this.number(name);
    if (!Number.isInteger(value) || value < 0) throw this.#wrong(name, 'a count');
    return value;
  }

  flag(name: string): boolean {
    const value = this.#values[name];
    if (typeof value !== 'boolean') throw this.#wrong(name, 'true or false');
    return value;
  }

  /** One of a closed list of words. */
  oneOf<Word extends string>(name: string, words: readonly Word[]): Word {
    const value = this.text(name);
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) throw this.#wrong(name, `one of ${words.join(', ')}`);
    return word;
  }

  object(name: string): Fields {
    return new Fields(this.#values[name], `${this.#path}.${name}`);
  }

  objectOrNull(name: string): Fields | null {
    const value = this.#values[name];
    return value === undefined || value === null ? null : this.object(name);
  }

  /** Every element as an object; absent reads as none. */
  objects(name: string): readonly Fields[] {
    const value = this.#values[name] ?? [];
    if (!Array.isArray(value)) throw this.#wrong(name, 'a list');
    return value.map((element, index) => new Fields(element, `${this.#path}.${name}[${index}]`));
  }

  #wrong(name: string, expected: string): MalformedEvent {
    return new MalformedEvent(`${this.#path}.${name} is not ${expected}`);
  }
}
