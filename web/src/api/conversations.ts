/** `/v1/conversations`: the user's own history, listed, searched, read, renamed, taken away and deleted. */
import { Answer } from './answer.ts';
import type { Api } from './client.ts';

/** A conversation in a list; times in milliseconds since the epoch. */
export interface ConversationSummary {
  readonly id: string;
  readonly title: string;
  /** Id of the character. */
  readonly persona: string;
  readonly createdAt: number;
  /** When something was last said in it. */
  readonly updatedAt: number;
  /** How many things were said, by either side; null where the server does not tell. */
  readonly messages: number | null;
  /** Of a search: where the words were found, and what stands there; null for the title. */
  readonly found: { readonly entryId: string; readonly snippet: string } | null;
}

export interface ConversationPage {
  readonly conversations: readonly ConversationSummary[];
  /** To ask for the next page with; null on the last one. */
  readonly next: string | null;
}

/** A tool that was called, and what came of it. */
export interface ToolCall {
  readonly name: string;
  readonly arguments: string;
  readonly output: string;
  /** Empty when it worked. */
  readonly errorCode: string;
}

export const ENTRY_KINDS = [
  'message',
  'function_call',
  'function_call_output',
  'mcp_call',
  'mcp_approval_request',
  'mcp_approval_response',
] as const;

/** One thing that was said or done. */
export interface Entry {
  readonly id: string;
  readonly kind: (typeof ENTRY_KINDS)[number];
  readonly role: string;
  readonly source: 'text' | 'audio';
  readonly said: string;
  /** What was heard of it; null for all. */
  readonly heard: string | null;
  readonly isInterrupted: boolean;
  readonly isAside: boolean;
  readonly hasSound: boolean;
  readonly responseId: string;
  readonly call: ToolCall | null;
  readonly createdAt: number;
}

export interface UsedMemory {
  readonly id: string;
  readonly text: string;
}

/** How a reply came about: milliseconds after the end of the user's speech, and what it rests on. */
export interface Turn {
  readonly responseId: string;
  readonly timings: Readonly<Record<string, number>>;
  readonly memories: readonly UsedMemory[];
}

/** A conversation with all that was said in it, in order. */
export interface WholeConversation extends ConversationSummary {
  readonly entries: readonly Entry[];
  readonly turns: readonly Turn[];
}

export type ExportFormat = 'json' | 'markdown' | 'audio';

const PATH = 'v1/conversations';
const PAGE = 30;
/** Of a search the server gives the best only. */
export const MOST_HITS = 50;

const pathOf = (id: string, rest = ''): string => `${PATH}/${encodeURIComponent(id)}${rest}`;

/** Returns a page, the newest first. */
export async function listConversations(
  api: Api,
  after: string | null,
  signal?: AbortSignal,
): Promise<ConversationPage> {
  const query = { limit: PAGE, after: after ?? undefined };
  const answer = new Answer(await api.json(PATH, { query, ...(signal && { signal }) }));
  const next = answer.flag('has_more') ? answer.textOrNull('last_id') : null;
  return { conversations: answer.objects('data').map(readSummary), next };
}

/** Returns the conversations in which all the words were said, the best first. */
export async function searchConversations(
  api: Api,
  words: string,
  signal?: AbortSignal,
): Promise<readonly ConversationSummary[]> {
  const query = { limit: MOST_HITS, query: words };
  const answer = new Answer(await api.json(PATH, { query, ...(signal && { signal }) }));
  return answer.objects('data').map(readSummary);
}

export async function readConversation(
  api: Api,
  id: string,
  signal?: AbortSignal,
): Promise<WholeConversation> {
  const answer = new Answer(await api.json(pathOf(id), signal && { signal }));
  const entries = answer.objects('entries').map(readEntry);
  return {
    ...readSummary(answer),
    messages: entries.filter(({ kind, isAside }) => kind === 'message' && !isAside).length,
    entries,
    turns: answer.objects('turns').map(readTurn),
  };
}

export async function renameConversation(api: Api, id: string, title: string): Promise<ConversationSummary> {
  return readSummary(new Answer(await api.json(pathOf(id), { method: 'PATCH', body: { title } })));
}

/** Deletes it for good, with its sound. */
export async function deleteConversation(api: Api, id: string): Promise<void> {
  await api.json(pathOf(id), { method: 'DELETE' });
}

/** Deletes all of the user's for good, and returns how many that were. */
export async function deleteConversations(api: Api): Promise<number> {
  return new Answer(await api.json(PATH, { method: 'DELETE' })).number('count');
}

export async function exportConversation(api: Api, id: string, format: ExportFormat): Promise<Blob> {
  return (await api.fetch(pathOf(id, '/export'), { query: { format } })).blob();
}

/** Returns the sound of one thing that was said. */
export async function entrySound(api: Api, id: string, entryId: string, signal?: AbortSignal): Promise<Blob> {
  const path = pathOf(id, `/entries/${encodeURIComponent(entryId)}/sound`);
  return (await api.fetch(path, signal && { signal })).blob();
}

function readSummary(answer: Answer): ConversationSummary {
  const entryId = answer.textOrNull('entry_id') ?? '';
  return {
    id: answer.text('id'),
    title: answer.text('title'),
    persona: answer.text('persona'),
    createdAt: answer.moment('created_at'),
    updatedAt: answer.moment('updated_at'),
    messages: answer.numberOrNull('messages'),
    found: entryId === '' ? null : { entryId, snippet: answer.textOrNull('snippet') ?? '' },
  };
}

function readEntry(answer: Answer): Entry {
  const call = answer.objectOrNull('call');
  return {
    id: answer.text('id'),
    kind: answer.oneOf('kind', ENTRY_KINDS),
    role: answer.text('role'),
    source: answer.oneOf('source', ['text', 'audio']),
    said: answer.text('said'),
    heard: answer.textOrNull('heard'),
    isInterrupted: answer.flag('is_interrupted'),
    isAside: answer.flag('is_aside'),
    hasSound: answer.flag('has_sound'),
    responseId: answer.text('response_id'),
    call: call === null ? null : readCall(call),
    createdAt: answer.moment('created_at'),
  };
}

function readCall(answer: Answer): ToolCall {
  return {
    name: answer.text('name'),
    arguments: answer.text('arguments'),
    output: answer.text('output'),
    errorCode: answer.text('error_code'),
  };
}

function readTurn(answer: Answer): Turn {
  return {
    responseId: answer.text('response_id'),
    timings: answer.numbers('timings'),
    memories: answer
      .objects('memories')
      .map((memory) => ({ id: memory.text('id'), text: memory.text('text') })),
  };
}
