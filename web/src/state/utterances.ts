/** Changes to the list of utterances. */
import type { Item, MessageItem, ResponseHead } from '../protocol/index.ts';
import { captionOf } from './captions.ts';
import type { ConversationState, Utterance } from './model.ts';
import { endTools } from './tools.ts';

type NewUtterance = Pick<Utterance, 'id' | 'speaker' | 'at'> & Partial<Omit<Utterance, 'key'>>;

/** More than anyone scrolls back, few enough to draw at once. */
const MAX_UTTERANCES = 400;

/** An utterance of which nothing is known yet. */
export const blankUtterance: Omit<Utterance, 'key' | 'id' | 'speaker' | 'at'> = {
  source: 'voice',
  status: 'live',
  text: '',
  unheard: '',
  voice: 'none',
  segments: [],
  playedSamples: 0,
  isHeld: false,
  aside: 'no',
  responseId: null,
  timing: null,
};

/** Adds an utterance at the end. */
export function append(state: ConversationState, utterance: NewUtterance): ConversationState {
  const key = state.nextKey;
  const utterances = [...state.utterances, { ...blankUtterance, key, ...utterance }].slice(-MAX_UTTERANCES);
  return { ...state, utterances, nextKey: state.nextKey + 1 };
}

/** Changes the utterances that match; the list stays the same object when none does. */
export function change(
  state: ConversationState,
  matches: (utterance: Utterance) => boolean,
  changed: (utterance: Utterance) => Utterance,
): ConversationState {
  if (!state.utterances.some(matches)) return state;
  return {
    ...state,
    utterances: state.utterances.map((utterance) => (matches(utterance) ? changed(utterance) : utterance)),
  };
}

/** Changes the utterance of an item; does nothing when there is none. */
export function changeItem(
  state: ConversationState,
  id: string,
  changed: (utterance: Utterance) => Utterance,
): ConversationState {
  return change(state, (utterance) => utterance.id === id, changed);
}

export function find(state: ConversationState, id: string): Utterance | undefined {
  return state.utterances.find((utterance) => utterance.id === id);
}

export function remove(state: ConversationState, id: string): ConversationState {
  return find(state, id) === undefined
    ? state
    : { ...state, utterances: state.utterances.filter((utterance) => utterance.id !== id) };
}

/** Takes in an item the server added: the user's as they end a turn, the assistant's as it begins one. */
export function addItem(state: ConversationState, item: Item, at: number): ConversationState {
  if (item.type !== 'message' || item.role === 'system' || find(state, item.id) !== undefined) return state;
  return item.role === 'user'
    ? addUserItem(state, item, at)
    : append(state, { id: item.id, speaker: 'assistant', at });
}

function addUserItem(state: ConversationState, item: MessageItem, at: number): ConversationState {
  const isTyped = item.content.some(({ type }) => type === 'input_text');
  const known = item.content.map((part) => ('text' in part ? part.text : (part.transcript ?? ''))).join(' ');
  const { partial } = state;
  const isPartial = partial?.id === item.id;
  const text = known !== '' || !isPartial ? known : partial.stable + partial.unstable;
  const beside = isTyped ? undefined : replyUnderWay(state);
  const added = append(state, {
    id: item.id,
    speaker: 'user',
    at,
    source: isTyped ? 'text' : 'voice',
    status: isTyped ? 'done' : 'live',
    text,
    aside: beside === undefined ? 'no' : beside.isHeld ? 'perhaps' : 'yes',
  });
  return isPartial ? { ...added, partial: null } : added;
}

/** The reply that is being spoken, on hold or not. */
export function replyUnderWay({ utterances }: ConversationState): Utterance | undefined {
  return utterances.findLast(
    ({ speaker, status, voice }) => speaker === 'assistant' && status === 'live' && voice === 'sounding',
  );
}

/** A reply falls silent and keeps its place. */
export function hold(state: ConversationState, id: string): ConversationState {
  return changeItem(state, id, (reply) => ({ ...reply, isHeld: true }));
}

/** A reply on hold goes on: what was said meanwhile was said beside it. */
export function resume(state: ConversationState, id: string): ConversationState {
  const decided = change(
    state,
    ({ aside }) => aside === 'perhaps',
    (said) => ({ ...said, aside: 'yes' }),
  );
  return changeItem(decided, id, (reply) => ({ ...reply, isHeld: false }));
}

/**
 * A reply is cut short; its playhead's last word is still to come. It was cut by what was said while it was on hold, or
 * by words that took so long to be understood that it had gone on meanwhile.
 */
export function cut(state: ConversationState, id: string): ConversationState {
  const decided = change(
    state,
    ({ aside, status }) => aside === 'perhaps' || (aside === 'yes' && status === 'live'),
    (said) => ({ ...said, aside: 'no' }),
  );
  return changeItem(decided, id, (reply) =>
    reply.status === 'live' ? { ...reply, isHeld: false, status: 'interrupted' } : reply,
  );
}

/** The reply of a response, made when the first news of it is not the item itself. */
export function withReply(
  state: ConversationState,
  { item_id: id, response_id: responseId }: { item_id: string; response_id: string },
  at: number,
  changed: (utterance: Utterance) => Utterance,
): ConversationState {
  const known = find(state, id) === undefined ? append(state, { id, speaker: 'assistant', at }) : state;
  return changeItem(known, id, (utterance) => changed({ ...utterance, responseId }));
}

/** A reply whose sound still plays stays live until it was played; all others end with their response. */
export function endResponse(state: ConversationState, { id, status }: ResponseHead): ConversationState {
  return change(
    state,
    (utterance) => utterance.responseId === id && utterance.status === 'live',
    (utterance) => {
      if (status === 'failed') return { ...utterance, status: 'failed' };
      if (status === 'cancelled') return { ...utterance, status: 'interrupted' };
      return utterance.voice === 'sounding' ? utterance : { ...utterance, status: 'done' };
    },
  );
}

/** Ends everything that was under way when the session was lost or stopped. */
export function endLive(state: ConversationState): ConversationState {
  const { partial } = state;
  const isUnknown = partial !== null && find(state, partial.id) === undefined;
  const said = isUnknown ? partial.stable + partial.unstable : '';
  const kept =
    partial === null || said === ''
      ? state
      : append(state, { id: partial.id, speaker: 'user', at: lastMoment(state), text: said });
  const ended = change(
    kept,
    ({ status }) => status === 'live',
    (utterance) => ({ ...utterance, status: utterance.speaker === 'user' ? 'done' : 'interrupted' }),
  );
  const utterances = ended.utterances.filter(
    (utterance) => utterance.text !== '' || utterance.unheard !== '' || utterance.segments.length > 0,
  );
  return { ...endTools(ended), utterances, partial: null, turn: 'idle', expression: null };
}

/** New identities that no session has given away, and nothing left that waits to be sent. */
export function renameForNewSession(state: ConversationState): ConversationState {
  return {
    ...state,
    utterances: state.utterances.map((utterance) => ({
      ...utterance,
      id: `past_${utterance.key}`,
      responseId: null,
      status: utterance.status === 'pending' ? 'done' : utterance.status,
    })),
  };
}

/** The words of an utterance a new session should know: what was heard, not what was lost. */
export function retoldText(utterance: Utterance): string {
  return captionOf(utterance).heard.trim();
}

function lastMoment({ utterances }: ConversationState): number {
  return utterances.at(-1)?.at ?? 0;
}
