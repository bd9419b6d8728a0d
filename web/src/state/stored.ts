/** The part of the state that outlives the page, in the form in which it is kept. */
import type { TurnMarks } from '../protocol/index.ts';
import { captionOf } from './captions.ts';
import type { ConversationState, ToolUse, Utterance } from './model.ts';
import { append } from './utterances.ts';

/** An utterance as plain words: one that is over, or was typed and waits to be sent. */
export interface StoredUtterance {
  readonly speaker: 'user' | 'assistant';
  readonly source: 'voice' | 'text';
  readonly status: 'pending' | 'done' | 'interrupted' | 'failed';
  readonly heard: string;
  readonly unheard: string;
  readonly at: number;
  readonly timing: TurnMarks | null;
  /** Said beside a reply that went on; absent in what was kept before there was such a thing. */
  readonly isAside?: boolean;
  /** Its identity in the conversation; absent in what was kept before conversations were gone on with. */
  readonly id?: string;
}

/** A tool that was used, and where: after so many of the kept utterances. */
export interface StoredTool {
  readonly id: string;
  readonly name: string;
  readonly status: 'done' | 'failed' | 'declined';
  readonly place: number;
}

/** What is kept of a conversation, and which one of the server's it is. */
export interface StoredTranscript {
  readonly conversationId: string | null;
  readonly utterances: readonly StoredUtterance[];
  readonly tools: readonly StoredTool[];
}

/** Utterances kept, newest. */
const STORED_LIMIT = 200;

/** The newest utterances that have words, and the tools used among them; what is under way is kept as if it ended now. */
export function store({ conversationId, utterances, tools }: ConversationState): StoredTranscript {
  const all = utterances.flatMap((utterance) => {
    const stored = storeUtterance(utterance);
    return stored === null ? [] : [{ key: utterance.key, stored }];
  });
  const kept = all.slice(-STORED_LIMIT);
  return {
    conversationId,
    utterances: kept.map(({ stored }) => stored),
    tools: tools.flatMap((tool) => storeTool(tool, kept.filter(({ key }) => key < tool.key).length)),
  };
}

/** Whether the two differ in nothing but what is under way, which changes many times a second. */
export function isOverAlike(one: ConversationState, other: ConversationState): boolean {
  if (one.conversationId !== other.conversationId || one.tools !== other.tools) return false;
  if (one.utterances === other.utterances) return true;
  const [over, before] = [one, other].map(({ utterances }) =>
    utterances.filter(({ status }) => status !== 'live'),
  );
  return over?.length === before?.length && over?.every((entry, place) => entry === before?.[place]) === true;
}

function storeUtterance(utterance: Utterance): StoredUtterance | null {
  const { id, speaker, source, at, timing, aside } = utterance;
  const status = utterance.status === 'live' ? endOf(speaker) : utterance.status;
  const { heard, unheard } = captionOf({ ...utterance, status });
  if (heard === '' && unheard === '') return null;
  return { id, speaker, source, status, heard, unheard, at, timing, isAside: aside !== 'no' };
}

function endOf(speaker: Utterance['speaker']): 'done' | 'interrupted' {
  return speaker === 'user' ? 'done' : 'interrupted';
}

/** What asks has no one to ask when the page is opened again; what runs is not known to have ended well. */
function storeTool({ id, name, status }: ToolUse, place: number): readonly StoredTool[] {
  if (status === 'asking' || place === 0) return [];
  return [{ id, name, status: status === 'running' ? 'failed' : status, place }];
}

/** Puts what was kept in place. */
export function restore(
  state: ConversationState,
  { conversationId, utterances, tools }: StoredTranscript,
): ConversationState {
  let restored: ConversationState = { ...state, conversationId };
  utterances.forEach(({ heard, isAside, id = `past_${restored.nextKey}`, ...kept }, place) => {
    const aside = isAside === true ? 'yes' : 'no';
    restored = append(restored, { ...kept, id, aside, text: heard });
    for (const tool of tools) if (tool.place === place + 1) restored = withTool(restored, tool);
  });
  return { ...restored, runStart: restored.nextKey };
}

function withTool(state: ConversationState, { id, name, status }: StoredTool): ConversationState {
  const tool: ToolUse = { key: state.nextKey, id, name, status, given: '' };
  return { ...state, tools: [...state.tools, tool], nextKey: state.nextKey + 1 };
}

/** Reads what was kept of a conversation; a bare list is of none that the server is known to have. */
export function parseTranscript(value: unknown): StoredTranscript {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { conversationId: null, utterances: parseStored(value), tools: [] };
  }
  const { conversationId, utterances, tools } = value as Readonly<Record<string, unknown>>;
  return {
    conversationId: typeof conversationId === 'string' && conversationId !== '' ? conversationId : null,
    utterances: parseStored(utterances),
    tools: Array.isArray(tools) ? tools.filter(isTool) : [],
  };
}

/** Entries that do not fit, whoever wrote them, are left out. */
function parseStored(value: unknown): readonly StoredUtterance[] {
  return Array.isArray(value) ? value.filter(isStored).slice(-STORED_LIMIT) : [];
}

function isStored(value: unknown): value is StoredUtterance {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Readonly<Record<string, unknown>>;
  return (
    isOneOf(entry.speaker, ['user', 'assistant']) &&
    isOneOf(entry.source, ['voice', 'text']) &&
    isOneOf(entry.status, ['pending', 'done', 'interrupted', 'failed']) &&
    typeof entry.heard === 'string' &&
    typeof entry.unheard === 'string' &&
    typeof entry.at === 'number' &&
    isMarks(entry.timing) &&
    isWithOptions(entry)
  );
}

function isTool(value: unknown): value is StoredTool {
  if (typeof value !== 'object' || value === null) return false;
  const { id, name, status, place } = value as Readonly<Record<string, unknown>>;
  const isNamed = typeof id === 'string' && typeof name === 'string';
  return isNamed && isOneOf(status, ['done', 'failed', 'declined']) && typeof place === 'number';
}

function isWithOptions({ isAside, id }: Readonly<Record<string, unknown>>): boolean {
  return isMissingOr('boolean', isAside) && isMissingOr('string', id);
}

function isMissingOr(type: 'boolean' | 'string', value: unknown): boolean {
  return value === undefined || typeof value === type;
}

function isMarks(value: unknown): boolean {
  if (typeof value !== 'object') return false;
  return value === null || Object.values(value).every((mark) => typeof mark === 'number');
}

function isOneOf(value: unknown, words: readonly string[]): boolean {
  return typeof value === 'string' && words.includes(value);
}
