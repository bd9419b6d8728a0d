/**
 * A character as it is being written: every text by language, until it is saved.
 *
 * Owns the way from what the server has to what a form shows and back, and which field a refusal is about. Pure.
 */
import type { Localised, PersonaCard, WrittenPersona } from '../../../api/index.ts';

export const EXPRESSIONS = ['neutral', 'joy', 'sadness', 'surprise', 'anger', 'relaxed', 'thinking'] as const;

export type Expression = (typeof EXPRESSIONS)[number];

/** What is written in one language; empty for what is not. */
export interface DraftTexts {
  readonly name: string;
  readonly about: string;
  readonly instructions: string;
  readonly greeting: string;
  readonly voice: string;
  readonly trouble: string;
  /** One a line. */
  readonly working: string;
  readonly tool_failed: string;
}

export interface Draft {
  readonly id: string;
  /** Its first language first. */
  readonly languages: readonly string[];
  readonly switches: boolean;
  /** By language; those of a language that was taken away are kept until it is saved. */
  readonly texts: Readonly<Record<string, DraftTexts>>;
  readonly speed: number;
  readonly expressions: readonly string[];
  readonly tools: 'all' | 'none' | 'some';
  /** Separated by commas. */
  readonly toolList: string;
  readonly engine: string;
  readonly memory: boolean;
}

const NO_TEXTS: DraftTexts = {
  name: '',
  about: '',
  instructions: '',
  greeting: '',
  voice: '',
  trouble: '',
  working: '',
  tool_failed: '',
};

export function emptyDraft(language: string): Draft {
  return {
    id: '',
    languages: [language],
    switches: false,
    texts: { [language]: NO_TEXTS },
    speed: 1,
    expressions: ['joy', 'sadness', 'surprise', 'thinking'],
    tools: 'all',
    toolList: '',
    engine: '',
    memory: true,
  };
}

export function toDraft(id: string, written: WrittenPersona): Draft {
  const { languages, fallback, tools } = written;
  const isAll = tools.length === 1 && tools[0] === '*';
  return {
    id,
    languages,
    switches: written.switches_languages,
    texts: Object.fromEntries(
      languages.map((language) => [
        language,
        {
          name: textIn(written.name, language),
          about: textIn(written.about, language),
          instructions: textIn(written.instructions, language),
          greeting: textIn(written.greeting, language),
          voice: textIn(written.voice, language),
          trouble: textIn(fallback.trouble, language),
          working: linesIn(fallback.working, language).join('\n'),
          tool_failed: textIn(fallback.tool_failed, language),
        },
      ]),
    ),
    speed: written.speed,
    expressions: written.expressions,
    tools: isAll ? 'all' : tools.length === 0 ? 'none' : 'some',
    toolList: isAll ? '' : tools.join(', '),
    engine: written.engine,
    memory: written.memory,
  };
}

export function toWritten(draft: Draft): WrittenPersona {
  const localised = (name: keyof DraftTexts): Localised<string> | null =>
    joined(draft.languages, (language) => textsIn(draft, language)[name].trim());
  const working = joined(draft.languages, (language) =>
    splitAt(textsIn(draft, language).working, '\n').join('\n'),
  );
  return {
    name: localised('name') ?? '',
    languages: draft.languages,
    switches_languages: draft.switches,
    about: localised('about') ?? '',
    instructions: localised('instructions') ?? '',
    greeting: localised('greeting') ?? '',
    voice: localised('voice'),
    speed: draft.speed,
    expressions: draft.expressions,
    tools: draft.tools === 'all' ? ['*'] : draft.tools === 'none' ? [] : splitAt(draft.toolList, ','),
    engine: draft.engine,
    memory: draft.memory,
    fallback: {
      trouble: localised('trouble'),
      working: working === null ? null : asLists(working),
      tool_failed: localised('tool_failed'),
    },
  };
}

export function textsIn(draft: Draft, language: string): DraftTexts {
  return draft.texts[language] ?? NO_TEXTS;
}

export function withText(draft: Draft, language: string, change: Partial<DraftTexts>): Draft {
  return {
    ...draft,
    texts: { ...draft.texts, [language]: { ...textsIn(draft, language), ...change } },
  };
}

/** An id that no other character has, made of a name where that has letters an id may have. */
export function freeId(name: string, taken: readonly Pick<PersonaCard, 'id'>[]): string {
  const plain = name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 32)
    .replace(/^-+|-+$/g, '');
  const stem = plain === '' ? 'character' : plain;
  const isTaken = (id: string): boolean => taken.some((card) => card.id === id) || id === 'problems';
  let id = stem;
  for (let number = 2; isTaken(id); number += 1) id = `${stem}-${number}`;
  return id;
}

/** Where a refusal belongs: a field of the form, and the language in which it was written. */
export interface Blame {
  readonly field: string;
  /** Null where it is about all languages. */
  readonly language: string | null;
}

/** Reads a server's path such as `fallback.working.en[0]`. */
export function blameOf(param: string | null): Blame | null {
  if (param === null || param === '') return null;
  const [first = '', ...rest] = param.replace(/\[\d+\]/g, '').split('.');
  const [field, ...within] =
    first === 'fallback' && rest[0] !== undefined ? [rest[0], ...rest.slice(1)] : [first, ...rest];
  return { field, language: within.find((part) => /^[a-z]{2,3}$/.test(part)) ?? null };
}

function textIn(text: Localised<string> | null, language: string): string {
  if (text === null) return '';
  return typeof text === 'string' ? text : (text[language] ?? '');
}

function linesIn(lines: Localised<readonly string[]> | null, language: string): readonly string[] {
  if (lines === null) return [];
  return isList(lines) ? lines : (lines[language] ?? []);
}

function isList(lines: Localised<readonly string[]>): lines is readonly string[] {
  return Array.isArray(lines);
}

/** One text where there is one language, or all are alike; null where there is none. */
function joined(
  languages: readonly string[],
  textOf: (language: string) => string,
): Localised<string> | null {
  const texts = languages.map((language) => [language, textOf(language)] as const);
  const there = texts.filter(([, text]) => text !== '');
  const first = there[0]?.[1];
  if (first === undefined) return null;
  return there.length === texts.length && there.every(([, text]) => text === first)
    ? first
    : Object.fromEntries(there);
}

function asLists(lines: Localised<string>): Localised<readonly string[]> {
  if (typeof lines === 'string') return splitAt(lines, '\n');
  return Object.fromEntries(Object.entries(lines).map(([language, text]) => [language, splitAt(text, '\n')]));
}

function splitAt(text: string, separator: string): readonly string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
