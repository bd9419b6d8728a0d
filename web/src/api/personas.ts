/** `/v1/personas`: the characters there are, and those of the server's owner to write. */
import { Answer } from './answer.ts';
import type { Api } from './client.ts';

/** A character, as much as is needed to choose it and to hear it. */
export interface PersonaCard {
  readonly id: string;
  readonly name: string;
  /** By language, as are all the others. */
  readonly names: Readonly<Record<string, string>>;
  /** Its first language first. */
  readonly languages: readonly string[];
  readonly abouts: Readonly<Record<string, string>>;
  readonly greetings: Readonly<Record<string, string>>;
  readonly voices: Readonly<Record<string, string>>;
  readonly speed: number;
  /** Whether sessions that name none have it. */
  readonly isDefault: boolean;
  /** Whether it is one of the owner's, which can be changed and deleted. */
  readonly isOwn: boolean;
  /** Whether one of this id ships, which is back when the owner's is deleted. */
  readonly isShipped: boolean;
}

/** Written once for all languages, or for each by its code. */
export type Localised<Text> = Text | Readonly<Record<string, Text>>;

/** A character as it is written. */
export interface WrittenPersona {
  readonly name: Localised<string>;
  readonly languages: readonly string[];
  readonly switches_languages: boolean;
  readonly about: Localised<string>;
  readonly instructions: Localised<string>;
  readonly greeting: Localised<string>;
  readonly voice: Localised<string> | null;
  readonly speed: number;
  readonly expressions: readonly string[];
  readonly tools: readonly string[];
  readonly engine: string;
  readonly memory: boolean;
  readonly fallback: {
    readonly trouble: Localised<string> | null;
    readonly working: Localised<readonly string[]> | null;
    readonly tool_failed: Localised<string> | null;
  };
}

export interface PersonaDetail extends PersonaCard {
  readonly written: WrittenPersona;
}

/** A file that does not load, and why. */
export interface PersonaProblem {
  readonly file: string;
  readonly message: string;
}

const PATH = 'v1/personas';

const pathOf = (id: string): string => `${PATH}/${encodeURIComponent(id)}`;

export async function listPersonas(api: Api, signal?: AbortSignal): Promise<readonly PersonaCard[]> {
  const answer = new Answer(await api.json(PATH, signal && { signal }));
  return answer.objects('data').map(readCard);
}

export async function readPersona(api: Api, id: string, signal?: AbortSignal): Promise<PersonaDetail> {
  return readDetail(new Answer(await api.json(pathOf(id), signal && { signal })));
}

/** Writes a character, new or in the place of one. */
export async function savePersona(api: Api, id: string, written: WrittenPersona): Promise<PersonaDetail> {
  return readDetail(new Answer(await api.json(pathOf(id), { method: 'PUT', body: written })));
}

/** Deletes one of the owner's; one that ships and was replaced by it is back then. */
export async function deletePersona(api: Api, id: string): Promise<void> {
  await api.json(pathOf(id), { method: 'DELETE' });
}

export async function listPersonaProblems(
  api: Api,
  signal?: AbortSignal,
): Promise<readonly PersonaProblem[]> {
  const answer = new Answer(await api.json(`${PATH}/problems`, signal && { signal }));
  return answer
    .objects('data')
    .map((problem) => ({ file: problem.text('file'), message: problem.text('message') }));
}

function readCard(answer: Answer): PersonaCard {
  return {
    id: answer.text('id'),
    name: answer.text('name'),
    names: answer.texts('names'),
    languages: answer.words('languages'),
    abouts: answer.texts('abouts'),
    greetings: answer.texts('greetings'),
    voices: answer.texts('voices'),
    speed: answer.number('speed'),
    isDefault: answer.flag('is_default'),
    isOwn: answer.flag('is_own'),
    isShipped: answer.flag('is_shipped'),
  };
}

function readDetail(answer: Answer): PersonaDetail {
  return { ...readCard(answer), written: readWritten(answer.object('written')) };
}

function readWritten(answer: Answer): WrittenPersona {
  const fallback = answer.object('fallback');
  return {
    name: answer.textOrTexts('name') ?? '',
    languages: answer.words('languages'),
    switches_languages: answer.flag('switches_languages'),
    about: answer.textOrTexts('about') ?? '',
    instructions: answer.textOrTexts('instructions') ?? '',
    greeting: answer.textOrTexts('greeting') ?? '',
    voice: answer.textOrTexts('voice'),
    speed: answer.number('speed'),
    expressions: answer.words('expressions'),
    tools: answer.words('tools'),
    engine: answer.text('engine'),
    memory: answer.flag('memory'),
    fallback: {
      trouble: fallback.textOrTexts('trouble'),
      working: fallback.wordsOrLists('working'),
      tool_failed: fallback.textOrTexts('tool_failed'),
    },
  };
}
