/**
 * Reads an answer field by field; the first field that is not what it should be refuses the whole answer.
 *
 * Owns the checking. Refuses to know what is asked for.
 */
import { ApiError, isRecord } from './client.ts';

/** Typed access to an object nobody has checked yet. */
export class Answer {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;

  /**
   * @param path - where the object sits, for messages.
   * @throws ApiError `unexpected_answer`, as every method.
   */
  constructor(value: unknown, path = 'answer') {
    if (!isRecord(value)) throw unexpected(`${path} is not an object`);
    this.#values = value;
    this.#path = path;
  }

  text(name: string): string {
    const value = this.#values[name];
    if (typeof value !== 'string') throw this.#wrong(name, 'a string');
    return value;
  }

  /** Null when the field is absent or null. */
  textOrNull(name: string): string | null {
    return this.#isMissing(name) ? null : this.text(name);
  }

  number(name: string): number {
    const value = this.#values[name];
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.#wrong(name, 'a number');
    return value;
  }

  numberOrNull(name: string): number | null {
    return this.#isMissing(name) ? null : this.number(name);
  }

  /** A moment in seconds since 1970, as milliseconds. */
  moment(name: string): number {
    return this.number(name) * 1000;
  }

  /** False when the field is absent. */
  flag(name: string): boolean {
    const value = this.#values[name] ?? false;
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

  object(name: string): Answer {
    return new Answer(this.#values[name], `${this.#path}.${name}`);
  }

  objectOrNull(name: string): Answer | null {
    return this.#isMissing(name) ? null : new Answer(this.#values[name], `${this.#path}.${name}`);
  }

  objects(name: string): readonly Answer[] {
    const value = this.#values[name];
    if (!Array.isArray(value)) throw this.#wrong(name, 'a list');
    return value.map((element, index) => new Answer(element, `${this.#path}.${name}[${index}]`));
  }

  /** A list of texts. */
  words(name: string): readonly string[] {
    const value = this.#values[name];
    if (!isWords(value)) throw this.#wrong(name, 'a list of strings');
    return value;
  }

  /** Every field as a text. */
  texts(name: string): Readonly<Record<string, string>> {
    const value = this.#values[name];
    if (!isRecordOf(value, isText)) throw this.#wrong(name, 'an object of strings');
    return value;
  }

  /** One text, or an object of texts; null when the field is absent or null. */
  textOrTexts(name: string): string | Readonly<Record<string, string>> | null {
    if (this.#isMissing(name)) return null;
    const value = this.#values[name];
    return isText(value) ? value : this.texts(name);
  }

  /** One list of texts, or an object of lists; null when the field is absent or null. */
  wordsOrLists(name: string): readonly string[] | Readonly<Record<string, readonly string[]>> | null {
    if (this.#isMissing(name)) return null;
    const value = this.#values[name];
    if (isWords(value) || isRecordOf(value, isWords)) return value;
    throw this.#wrong(name, 'a list of strings, or an object of such lists');
  }

  /** Every field as a number. */
  numbers(name: string): Readonly<Record<string, number>> {
    const value = this.#values[name];
    if (!isRecord(value)) throw this.#wrong(name, 'an object');
    const numbers: Record<string, number> = {};
    for (const [key, entry] of Object.entries(value)) {
      if (typeof entry !== 'number') throw this.#wrong(`${name}.${key}`, 'a number');
      numbers[key] = entry;
    }
    return numbers;
  }

  #isMissing(name: string): boolean {
    return this.#values[name] === undefined || this.#values[name] === null;
  }

  #wrong(name: string, kind: string): ApiError {
    return unexpected(`${this.#path}.${name} is not ${kind}`);
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isWords(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isRecordOf<Value>(
  value: unknown,
  isValue: (candidate: unknown) => candidate is Value,
): value is Readonly<Record<string, Value>> {
  return isRecord(value) && Object.values(value).every(isValue);
}

function unexpected(message: string): ApiError {
  return new ApiError('unexpected_answer', message, 200);
}
