/** What each server event changes. */
import type { ServerEvent } from '../protocol/index.ts';
import type { ConversationState } from './model.ts';
import { CHARACTER_NOT_FOUND, loseCharacter, problemOfError, raise, settle } from './problems.ts';
import { addToolItem, changeTool } from './tools.ts';
import {
  addItem,
  change,
  changeItem,
  cut,
  endResponse,
  find,
  hold,
  remove,
  resume,
  withReply,
} from './utterances.ts';

type ServerEventOf<Type> = ServerEvent extends infer Event
  ? Event extends { readonly type: infer Types }
    ? Type extends Types
      ? Event
      : never
    : never
  : never;

type Handlers = {
  readonly [Type in ServerEvent['type']]?: (
    state: ConversationState,
    event: ServerEventOf<Type>,
    at: number,
  ) => ConversationState;
};

const HANDLERS: Handlers = {
  error: (state, { error }) => {
    if (error.code === CHARACTER_NOT_FOUND) return loseCharacter(state);
    const problem = problemOfError(error);
    return problem === null ? state : raise(state, problem);
  },
  'conversation.created': (state, { conversation_id: conversationId }) => ({ ...state, conversationId }),
  'session.updated': (state, { character }) =>
    character === null || character === state.preferences.character
      ? state
      : { ...state, preferences: { ...state.preferences, character } },
  'conversation.item.added': (state, { item }, at) => addItem(addToolItem(state, item), item, at),
  'conversation.item.done': (state, { item }) => addToolItem(state, item),
  'conversation.item.deleted': (state, { item_id }) => remove(state, item_id),
  'conversation.item.input_audio_transcription.completed': (state, { item_id, transcript }) =>
    transcript.trim() === ''
      ? remove(state, item_id)
      : changeItem(state, item_id, (said) => ({ ...said, text: transcript.trim(), status: 'done' })),
  'conversation.item.input_audio_transcription.failed': (state, { item_id }) =>
    changeItem(state, item_id, (said) => ({ ...said, status: 'failed' })),
  'response.created': (state) => ({
    ...settle(state, ['server_error', 'reply_failed']),
    partial: null,
    expression: null,
  }),
  'response.output_item.added': (state, { response_id, item }, at) =>
    item.type === 'message'
      ? withReply(state, { response_id, item_id: item.id }, at, (reply) => reply)
      : addToolItem(state, item),
  'response.mcp_call.in_progress': (state, { item_id }) => changeTool(state, item_id, 'running'),
  'response.mcp_call.completed': (state, { item_id }) => changeTool(state, item_id, 'done'),
  'response.mcp_call.failed': (state, { item_id }) => changeTool(state, item_id, 'failed'),
  'response.output_text.delta': (state, event, at) =>
    withReply(state, event, at, (reply) => ({ ...reply, text: reply.text + event.delta })),
  'response.output_audio_transcript.delta': (state, event, at) =>
    withReply(state, event, at, (reply) => ({
      ...reply,
      text: reply.text + event.delta,
      voice: reply.voice === 'none' ? 'expected' : reply.voice,
    })),
  'response.done': (state, { response }) => {
    const ended = endResponse(state, response);
    if (response.status !== 'failed') return ended;
    return raise(ended, { code: 'reply_failed', detail: response.error?.message ?? '' });
  },
  'vivavoce.audio.stream': (state, event, at) =>
    withReply(state, event, at, (reply) => ({ ...reply, voice: 'sounding' })),
  'vivavoce.output.segment': (state, event, at) =>
    withReply(state, event, at, (reply) => ({
      ...reply,
      voice: 'sounding',
      segments: [
        ...reply.segments,
        { firstSample: event.first_sample, samples: event.samples, text: event.text },
      ],
    })),
  'vivavoce.playout.hold': (state, { item_id }) => hold(state, item_id),
  'vivavoce.playout.resume': (state, { item_id }) => resume(state, item_id),
  'vivavoce.playout.clear': (state, { item_id }) => cut(state, item_id),
  'vivavoce.input.partial': (state, { item_id, stable, unstable }) => {
    if (find(state, item_id) !== undefined) {
      return change(
        state,
        ({ id, status }) => id === item_id && status === 'live',
        (said) => ({ ...said, text: stable + unstable }),
      );
    }
    return { ...state, partial: stable + unstable === '' ? null : { id: item_id, stable, unstable } };
  },
  'vivavoce.expression': (state, { expression: name, item_id: item, first_sample: firstSample }) => ({
    ...state,
    expression: { name, item, firstSample },
  }),
  'vivavoce.memory.used': (state, { response_id, memories }) => ({
    ...state,
    memories: { ...state.memories, [response_id]: memories },
  }),
  'vivavoce.recording': (state, { is_on: isRecorded }) => ({ ...state, isRecorded }),
  'vivavoce.turn.state': (state, event) => ({ ...state, turn: event.state }),
  'vivavoce.turn.timing': (state, { response_id, marks }) =>
    change(
      state,
      ({ responseId }) => responseId === response_id,
      (reply) => ({ ...reply, timing: { ...reply.timing, ...marks } }),
    ),
  'vivavoce.service.status': (state, { components }) => ({ ...state, components }),
};

/** Applies one event; those without a handler change nothing on the page. */
export function applyServerEvent(
  state: ConversationState,
  event: ServerEvent,
  at: number,
): ConversationState {
  // The handler was looked up by the event's own type, which TypeScript cannot follow through a union.
  const handler = HANDLERS[event.type] as
    ((state: ConversationState, event: ServerEvent, at: number) => ConversationState) | undefined;
  return handler === undefined ? state : handler(state, event, at);
}
