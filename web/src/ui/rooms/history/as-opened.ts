/** A conversation of the server's as the page shows it: what was said, what of it was heard, which tools ran. Pure. */
import type { Entry, Turn, WholeConversation } from '../../../api/conversations.ts';
import { lengthHolding } from '../../../state/index.ts';
import type { OpenedConversation, OpenedTurn, Utterance } from '../../../state/index.ts';

type Marks = NonNullable<Utterance['timing']>;

const MARK_NAMES = [
  'turn_confirmed',
  'transcript',
  'first_token',
  'first_clause',
  'first_audio',
  'played',
  'interrupted',
] as const satisfies readonly (keyof Marks)[];

export function asOpened({ id, entries, turns }: WholeConversation): OpenedConversation {
  const replies = new Map(turns.map((turn) => [turn.responseId, turn]));
  return { id, turns: entries.flatMap((entry) => turnOf(entry, replies.get(entry.responseId))) };
}

/** What was heard of it, and what was not. */
export function wordsOf({ said, heard, isInterrupted }: Pick<Entry, 'said' | 'heard' | 'isInterrupted'>): {
  readonly heard: string;
  readonly unheard: string;
} {
  if (heard === null || !isInterrupted) return { heard: said, unheard: '' };
  const at = lengthHolding(said, heard);
  return at === null ? { heard, unheard: '' } : { heard: said.slice(0, at), unheard: said.slice(at) };
}

/** The marks of a reply that the page can draw; null when there are none. */
export function marksOf(turn: Turn | undefined): Marks | null {
  const known = MARK_NAMES.flatMap((name) => {
    const value = turn?.timings[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return known.length === 0 ? null : Object.fromEntries(known);
}

/** Whether an entry is a tool that was called; what else is kept of tools are their answers and consents. */
export function isCall(entry: Entry): boolean {
  return entry.call !== null && (entry.kind === 'mcp_call' || entry.kind === 'function_call');
}

function turnOf(entry: Entry, turn: Turn | undefined): readonly OpenedTurn[] {
  const { id, role, call } = entry;
  if (call !== null) {
    if (!isCall(entry)) return [];
    return [{ kind: 'tool', id, name: call.name, status: call.errorCode === '' ? 'done' : 'failed' }];
  }
  return role === 'user' || role === 'assistant' ? saidOf(entry, role, turn) : [];
}

/** None for what has no words. */
function saidOf(entry: Entry, speaker: 'user' | 'assistant', turn: Turn | undefined): readonly OpenedTurn[] {
  const { heard, unheard } = wordsOf(entry);
  if ((heard + unheard).trim() === '') return [];
  const utterance = {
    speaker,
    source: entry.source === 'audio' ? 'voice' : 'text',
    status: entry.isInterrupted ? 'interrupted' : 'done',
    heard,
    unheard,
    at: entry.createdAt,
    timing: speaker === 'assistant' ? marksOf(turn) : null,
    isAside: entry.isAside,
  } as const;
  const responseId = entry.responseId === '' ? null : entry.responseId;
  return [{ kind: 'said', id: entry.id, responseId, memories: turn?.memories ?? [], utterance }];
}
