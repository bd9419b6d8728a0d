/** The one function through which the state changes: a table of what each action does. */
import type { Action } from './actions.ts';
import type { ConversationState } from './model.ts';
import { openConversation, takeIn } from './going-on.ts';
import { loseCharacter, raise, raiseForConnection, settle } from './problems.ts';
import { applyServerEvent } from './server.ts';
import { restore } from './stored.ts';
import { answerTool } from './tools.ts';
import { append, changeItem, endLive, renameForNewSession } from './utterances.ts';

type ActionOf<Type, Member = Action> = Member extends { readonly type: infer Types }
  ? Type extends Types
    ? Member
    : never
  : never;

type Table = {
  readonly [Type in Action['type']]: (state: ConversationState, action: ActionOf<Type>) => ConversationState;
};

const TABLE: Table = {
  'page.restored': (state, { transcript }) => restore(state, transcript),
  'conversation.starting': (state) => ({
    ...state,
    phase: 'starting',
    problems: [],
    runStart: state.nextKey,
  }),
  'conversation.running': (state, { hasMicrophone }) => ({ ...state, phase: 'running', hasMicrophone }),
  'conversation.stopped': (state) => ({
    ...endLive(state),
    phase: 'stopped',
    hasMicrophone: false,
    microphoneInUse: '',
    hearing: null,
    isHolding: false,
    isRecorded: false,
    components: [],
  }),
  'connection.changed': (state, { connection }) => {
    const isLost = state.connection.kind === 'online' && connection.kind !== 'online';
    return { ...raiseForConnection(isLost ? endLive(state) : state, connection), connection };
  },
  'session.began': (state, { goesOn }) =>
    goesOn === true
      ? { ...state, isRecorded: false }
      : { ...renameForNewSession(state), conversationId: null, memories: {}, isRecorded: false },
  'session.caught_up': (state, { items, at }) => takeIn(state, items, at),
  'conversation.opened': (state, { conversation }) => openConversation(state, conversation),
  'conversation.lost': (state) => ({ ...state, conversationId: null }),
  'character.lost': loseCharacter,
  'server.said': (state, { event, at }) => applyServerEvent(state, event, at),
  'playout.progress': movePlayhead,
  'playout.ended': movePlayhead,
  'playout.cleared': movePlayhead,
  'text.typed': (state, { id, text, at }) => {
    const status = state.connection.kind === 'online' ? 'done' : 'pending';
    return append(state, { id, speaker: 'user', source: 'text', status, text, at });
  },
  'history.cleared': (state) => ({
    ...state,
    conversationId: null,
    utterances: [],
    memories: {},
    tools: [],
    partial: null,
    runStart: state.nextKey,
  }),
  'characters.listed': (state, { characters }) => ({ ...state, characters }),
  'tool.answered': (state, { id, isApproved }) => answerTool(state, id, isApproved),
  'microphone.muted': (state, { isMuted }) => ({ ...state, isMuted }),
  'microphone.lost': (state) =>
    raise(
      { ...state, hasMicrophone: false, microphoneInUse: '', hearing: null, isHolding: false },
      { code: 'microphone_lost', detail: '' },
    ),
  'microphone.opened': (state, { label }) => ({
    ...settle(state, ['microphone_lost']),
    hasMicrophone: true,
    microphoneInUse: label,
    hearing: null,
  }),
  'devices.listed': (state, { devices }) => ({ ...state, devices }),
  'hearing.changed': (state, { trouble: hearing }) =>
    hearing === state.hearing ? state : { ...state, hearing },
  'talk.held': (state, { isHolding }) => ({ ...state, isHolding }),
  'preferences.changed': (state, { preferences }) => ({
    ...(preferences.character === undefined ? state : settle(state, ['character_gone'])),
    preferences: { ...state.preferences, ...preferences },
  }),
  'problem.raised': (state, { problem }) => raise(state, problem),
  'problem.gone': (state, { code }) => settle(state, [code]),
};

/** Returns the next state; the same object when nothing changed. */
export function reduce(state: ConversationState, action: Action): ConversationState {
  // The entry was looked up by the action's own type, which TypeScript cannot follow through a union.
  const entry = TABLE[action.type] as (state: ConversationState, action: Action) => ConversationState;
  return entry(state, action);
}

/** A reply that is over stays as it ended; its playhead may still move while its last sound plays. */
function movePlayhead(
  state: ConversationState,
  { type, playhead }: Extract<Action, { readonly playhead: unknown }>,
): ConversationState {
  return changeItem(state, playhead.item, (reply) => {
    const playedSamples = Math.max(reply.playedSamples, playhead.played);
    if (reply.status !== 'live' || type === 'playout.progress') return { ...reply, playedSamples };
    return { ...reply, playedSamples, status: type === 'playout.ended' ? 'done' : 'interrupted' };
  });
}
