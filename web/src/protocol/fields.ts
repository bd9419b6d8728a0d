/** Reads one JSON object field by field; the first field that is not what it should be ends the reading. */

/** A server event that is not what the protocol says. */
export class MalformedEvent extends Error {
  override readonly name = 'MalformedEvent';
}

/** The fields of a wire type that hold a `Value` when they hold anything. */
type FieldsOf<Wire, Value> = {
  [Name in keyof Wire]-?: NonNullable<Wire[Name]> extends Value ? Name : never;
}[keyof Wire] &
  string;

/** Accepts a list of words only when it lacks none of those the server may say. */
type All<Word, Words extends readonly unknown[]> = [Word] extends [Words[number]] ? unknown : never;

type Element<List> = NonNullable<List> extends readonly (infer One)[] ? One : never;

/**
 * Access to an object that nobody has checked yet, and that should be a `Wire`: only what the server declares can be
 * asked for, and what is asked for is looked at.
 */
export class Fields<Wire> {
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

  text(name: FieldsOf<Wire, string>): string {
    const value = this.#values[name];
    if (typeof value !== 'string') throw this.#wrong(name, 'a string');
    return value;
  }

  /** Several strings by their names. */
  texts<const Name extends FieldsOf<Wire, string>>(
    ...names: readonly Name[]
  ): Readonly<Record<Name, string>> {
    return Object.fromEntries(names.map((name) => [name, this.text(name)])) as Record<Name, string>;
  }

  /** The string, or null when the field is absent or null. */
  textOrNull(name: FieldsOf<Wire, string>): string | null {
    const value = this.#values[name];
    return value === undefined || value === null ? null : this.text(name);
  }

  /** A finite number. */
  number(name: FieldsOf<Wire, number>): number {
    const value = this.#values[name];
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.#wrong(name, 'a number');
    return value;
  }

  numberOrNull(name: FieldsOf<Wire, number>): number | null {
    const value = this.#values[name];
    return value === undefined || value === null ? null : this.number(name);
  }

  /** A whole number that is not negative. */
  count(name: FieldsOf<Wire, number>): number {
    const value = this.number(name);
    if (!Number.isInteger(value) || value < 0) throw this.#wrong(name, 'a count');
    return value;
  }

  flag(name: FieldsOf<Wire, boolean>): boolean {
    const value = this.#values[name];
    if (typeof value !== 'boolean') throw this.#wrong(name, 'true or false');
    return value;
  }

  /** One of a closed list of words, which has to be the server's own. */
  oneOf<Name extends FieldsOf<Wire, string>, const Words extends readonly string[]>(
    name: Name,
    words: Words & All<NonNullable<Wire[Name]>, Words>,
  ): NonNullable<Wire[Name]> & Words[number] {
    const value = this.text(name);
    if (!words.includes(value)) throw this.#wrong(name, `one of ${words.join(', ')}`);
    return value as NonNullable<Wire[Name]> & Words[number];
  }

  /** The same object, as the one of its possible kinds that has this type. */
  as<Type extends string>(type: Type): Fields<Extract<Wire, { readonly type: Type }>> {
    if (this.#values.type !== type) throw this.#wrong('type', type);
    return new Fields(this.#values, this.#path);
  }

  object<Name extends FieldsOf<Wire, object>>(name: Name): Fields<NonNullable<Wire[Name]>> {
    return new Fields(this.#values[name], `${this.#path}.${name}`);
  }

  objectOrNull<Name extends FieldsOf<Wire, object>>(name: Name): Fields<NonNullable<Wire[Name]>> | null {
    const value = this.#values[name];
    return value === undefined || value === null ? null : this.object(name);
  }

  /** Every element as an object; absent reads as none. */
  objects<Name extends FieldsOf<Wire, readonly object[]>>(
    name: Name,
  ): readonly Fields<Element<Wire[Name]>>[] {
    const value = this.#values[name] ?? [];
    if (!Array.isArray(value)) throw this.#wrong(name, 'a list');
    return value.map((element, index) => new Fields(element, `${this.#path}.${name}[${index}]`));
  }

  #wrong(name: string, expected: string): MalformedEvent {
    return new MalformedEvent(`${this.#path}.${name} is not ${expected}`);
  }
}
