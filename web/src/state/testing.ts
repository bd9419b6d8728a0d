/** Set-up for tests of the state: a spoken exchange, piece by piece, and what it leaves. */
import type { ServerEvent } from '../protocol/index.ts';
import type { Action } from './actions.ts';
import { INITIAL_STATE } from './model.ts';
import type { ConversationState } from './model.ts';
import { reduce } from './reducer.ts';

export const AT = 1_700_000_000_000;

export function said(...events: readonly ServerEvent[]): readonly Action[] {
  return events.map((event) => ({ type: 'server.said', event, at: AT }));
}

export function after(
  actions: readonly Action[],
  from: ConversationState = INITIAL_STATE,
): ConversationState {
  return actions.reduce(reduce, from);
}

export const ONLINE: readonly Action[] = [
  { type: 'conversation.starting' },
  { type: 'conversation.running', hasMicrophone: true },
  { type: 'connection.changed', connection: { kind: 'connecting' } },
  { type: 'connection.changed', connection: { kind: 'online' } },
  { type: 'session.began' },
  ...said({ type: 'vivavoce.turn.state', state: 'listening', reason: '' }),
];

export const ASKED: readonly Action[] = said(
  { type: 'vivavoce.input.partial', item_id: 'u1', stable: 'what time', unstable: ' is' },
  {
    type: 'conversation.item.added',
    item: {
      id: 'u1',
      type: 'message',
      role: 'user',
      status: 'completed',
      content: [{ type: 'input_audio', transcript: null }],
    },
  },
  {
    type: 'conversation.item.input_audio_transcription.completed',
    item_id: 'u1',
    transcript: ' What time is it? ',
  },
);

export const ANSWERING: readonly Action[] = said(
  { type: 'response.created', response: { id: 'r1', status: 'in_progress', error: null } },
  {
    type: 'response.output_item.added',
    response_id: 'r1',
    item: { id: 'a1', type: 'message', role: 'assistant', status: 'in_progress', content: [] },
  },
  {
    type: 'vivavoce.audio.stream',
    response_number: 1,
    response_id: 'r1',
    item_id: 'a1',
    content_index: 0,
    sample_rate_hz: 24000,
  },
  {
    type: 'vivavoce.output.segment',
    response_id: 'r1',
    item_id: 'a1',
    first_sample: 0,
    samples: 1000,
    text: 'It is noon.',
  },
);

export const done = (status: 'completed' | 'cancelled' | 'failed'): readonly Action[] =>
  said({
    type: 'response.done',
    response: { id: 'r1', status, error: { code: 'x', message: 'engine fell over' } },
  });
