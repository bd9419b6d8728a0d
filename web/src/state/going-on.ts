/**
 * Going on with a conversation that the server keeps: which one, what it held that the page does not know, and what the
 * page holds that the server does not know.
 *
 * An utterance has the same identity on both sides, so nothing is told twice and nothing stands twice on the screen.
 * Refuses to know how either side tells the other.
 */
import type { Item, Memory } from '../protocol/index.ts';
import type { ConversationState, ToolUse, Utterance } from './model.ts';
import { retellable } from './selectors.ts';
import type { StoredUtterance } from './stored.ts';
import { append, blankUtterance } from './utterances.ts';

/** An earlier conversation to be shown, and gone on with. */
export interface OpenedConversation {
  readonly id: string;
  readonly turns: readonly OpenedTurn[];
}

/** A thing said, or a tool used, in its order. */
export type OpenedTurn =
  | {
      readonly kind: 'said';
      readonly id: string;
      readonly utterance: StoredUtterance;
      readonly responseId: string | null;
      readonly memories: readonly Memory[];
    }
  | {
      readonly kind: 'tool';
      readonly id: string;
      readonly name: string;
      readonly status: 'done' | 'failed';
    };

type Placed = { readonly utterance: Utterance } | { readonly tool: ToolUse };

/** The conversation to ask the server for; null begins one, and so does one of which nothing was said yet. */
export function conversationToGoOn({ conversationId, utterances }: ConversationState): string | null {
  const isBegun = utterances.some(
    ({ speaker, status, text }) => speaker === 'user' && status !== 'pending' && text !== '',
  );
  return isBegun ? conversationId : null;
}

/** What was said here that a server which knows the others has yet to be told: all after the last that it knows. */
export function untold(state: ConversationState, known: ReadonlySet<string>): ReturnType<typeof retellable> {
  const last = state.utterances.findLast(({ id }) => known.has(id))?.key ?? -Infinity;
  return retellable(state).filter(({ utterance }) => utterance.key > last);
}

/** Takes in all that the server knows of the conversation, where it belongs; nothing waits to be told any more. */
export function takeIn(state: ConversationState, items: readonly Item[], at: number): ConversationState {
  const told = state.utterances.map((utterance): Utterance =>
    utterance.status === 'pending' ? { ...utterance, status: 'done' } : utterance,
  );
  const here = new Map(told.map(({ id }, place) => [id, place]));
  const news = items.flatMap((item) => utteranceOf(item, at));
  if (news.every(({ id }) => here.has(id))) return { ...state, utterances: told };
  const merged: Utterance[] = [];
  let next = 0;
  for (const said of news) {
    const place = here.get(said.id);
    if (place === undefined) merged.push({ ...said, at: merged.at(-1)?.at ?? told[next]?.at ?? at });
    else if (place >= next) merged.push(...told.slice(next, (next = place + 1)));
  }
  return renumbered(state, [...merged, ...told.slice(next)]);
}

/** Shows an earlier conversation in the place of the present one. */
export function openConversation(
  state: ConversationState,
  { id, turns }: OpenedConversation,
): ConversationState {
  let opened: ConversationState = {
    ...state,
    conversationId: id,
    utterances: [],
    tools: [],
    partial: null,
    expression: null,
    memories: {},
  };
  for (const turn of turns) {
    if (turn.kind === 'tool') {
      const { id: toolId, name, status } = turn;
      const tool: ToolUse = { key: opened.nextKey, id: toolId, name, status, given: '' };
      opened = { ...opened, tools: [...opened.tools, tool], nextKey: opened.nextKey + 1 };
      continue;
    }
    const { heard, isAside, ...said } = turn.utterance;
    const aside = isAside === true ? 'yes' : 'no';
    opened = append(opened, { ...said, aside, text: heard, id: turn.id, responseId: turn.responseId });
    if (turn.responseId !== null && turn.memories.length > 0) {
      opened = { ...opened, memories: { ...opened.memories, [turn.responseId]: turn.memories } };
    }
  }
  return { ...opened, runStart: opened.nextKey };
}

/** None for what is not a message with words. */
function utteranceOf(item: Item, at: number): readonly Utterance[] {
  if (item.type !== 'message' || item.role === 'system') return [];
  const text = item.content.map((part) => ('text' in part ? part.text : (part.transcript ?? ''))).join(' ');
  if (text.trim() === '') return [];
  return [
    { ...blankUtterance, key: 0, id: item.id, speaker: item.role, at, source: 'text', status: 'done', text },
  ];
}

/** New keys, for those that came between others; tools stay where they were among the utterances. */
function renumbered(state: ConversationState, utterances: readonly Utterance[]): ConversationState {
  const sequence: Placed[] = [];
  let placed = 0;
  for (const utterance of utterances) {
    // A new one has no place of its own yet: it comes after whatever stood before it.
    while (utterance.key > 0 && (state.tools[placed]?.key ?? Infinity) < utterance.key) {
      const tool = state.tools[placed++];
      if (tool !== undefined) sequence.push({ tool });
    }
    sequence.push({ utterance });
  }
  for (const tool of state.tools.slice(placed)) sequence.push({ tool });
  const first = state.nextKey;
  const next = { utterances: [] as Utterance[], tools: [] as ToolUse[] };
  let runStart = first + sequence.length;
  sequence.forEach((entry, place) => {
    const key = first + place;
    if ('tool' in entry) next.tools.push({ ...entry.tool, key });
    else {
      if (entry.utterance.key >= state.runStart) runStart = Math.min(runStart, key);
      next.utterances.push({ ...entry.utterance, key });
    }
  });
  return { ...state, ...next, nextKey: first + sequence.length, runStart };
}
