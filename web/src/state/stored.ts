/** The part of the state that outlives the page, in the form in which it is kept. */
import type { TurnMarks } from '../protocol/index.ts';
import { captionOf } from './captions.ts';
import type { ConversationState, Preferences, Utterance } from './model.ts';
import { append } from './utterances.ts';

/** An utterance that is over, as plain words. */
export interface StoredUtterance {
  readonly speaker: 'user' | 'assistant';
  readonly source: 'voice' | 'text';
  readonly status: 'done' | 'interrupted' | 'failed';
  readonly heard: string;
  readonly unheard: string;
  readonly at: number;
  readonly timing: TurnMarks | null;
  /** Said beside a reply that went on; absent in what was kept before there was such a thing. */
  readonly isAside?: boolean;
  /** Its identity in the conversation; absent in what was kept before conversations were gone on with. */
  readonly id?: string;
}

/** What is kept of a conversation, and which one of the server's it is. */
export interface StoredTranscript {
  readonly conversationId: string | null;
  readonly utterances: readonly StoredUtterance[];
}

/** Utterances kept, newest. */
export const STORED_LIMIT = 200;

/** The newest utterances that are over and have words. */
export function store({ utterances }: ConversationState): readonly StoredUtterance[] {
  return utterances.flatMap(storeOne).slice(-STORED_LIMIT);
}

function storeOne(utterance: Utterance): readonly StoredUtterance[] {
  const { id, speaker, source, status, at, timing, aside } = utterance;
  if (status === 'pending' || status === 'live') return [];
  const { heard, unheard } = captionOf(utterance);
  if (heard === '' && unheard === '') return [];
  return [{ id, speaker, source, status, heard, unheard, at, timing, isAside: aside !== 'no' }];
}

/** Puts kept utterances and preferences in place. */
export function restore(
  state: ConversationState,
  utterances: readonly StoredUtterance[],
  preferences: Partial<Preferences>,
): ConversationState {
  let restored: ConversationState = { ...state, preferences: { ...state.preferences, ...preferences } };
  for (const { heard, isAside, id = `past_${restored.nextKey}`, ...kept } of utterances) {
    const aside = isAside === true ? 'yes' : 'no';
    restored = append(restored, { ...kept, id, aside, text: heard });
  }
  return { ...restored, runStart: restored.nextKey };
}

/** Reads what was kept of a conversation; a bare list is of none that the server is known to have. */
export function parseTranscript(value: unknown): StoredTranscript {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { conversationId: null, utterances: parseStored(value) };
  }
  const { conversationId, utterances } = value as Readonly<Record<string, unknown>>;
  return {
    conversationId: typeof conversationId === 'string' && conversationId !== '' ? conversationId : null,
    utterances: parseStored(utterances),
  };
}

/** Reads what was kept, whoever wrote it: entries that do not fit are left out. */
export function parseStored(value: unknown): readonly StoredUtterance[] {
  return Array.isArray(value) ? value.filter(isStored).slice(-STORED_LIMIT) : [];
}

function isStored(value: unknown): value is StoredUtterance {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Readonly<Record<string, unknown>>;
  return (
    isOneOf(entry.speaker, ['user', 'assistant']) &&
    isOneOf(entry.source, ['voice', 'text']) &&
    isOneOf(entry.status, ['done', 'interrupted', 'failed']) &&
    typeof entry.heard === 'string' &&
    typeof entry.unheard === 'string' &&
    typeof entry.at === 'number' &&
    isMarks(entry.timing) &&
    isWithOptions(entry)
  );
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
