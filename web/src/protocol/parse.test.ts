import { describe, expect, it } from 'vitest';

import { parseServerEvent } from './parse.ts';
import type { ServerEvent } from './server-events.ts';

function parsed(value: unknown): ServerEvent {
  const result = parseServerEvent(JSON.stringify(value));
  if (result.kind !== 'event') throw new Error(`not an event: ${JSON.stringify(result)}`);
  return result.event;
}

describe('parseServerEvent', () => {
  it('should keep the fields the page reads and leave out the rest', () => {
    const event = parsed({
      type: 'vivavoce.output.segment',
      event_id: 'event_1',
      response_id: 'resp_1',
      item_id: 'item_1',
      first_sample: 4800,
      samples: 12000,
      text: 'Hello there,',
    });
    expect(event).toEqual({
      type: 'vivavoce.output.segment',
      response_id: 'resp_1',
      item_id: 'item_1',
      first_sample: 4800,
      samples: 12000,
      text: 'Hello there,',
    });
  });

  it('should read a message item with parts it knows and pass over parts it does not', () => {
    const event = parsed({
      type: 'conversation.item.added',
      item: {
        id: 'item_1',
        type: 'message',
        role: 'user',
        status: 'completed',
        content: [
          { type: 'input_audio', transcript: null },
          { type: 'input_image', image_url: 'data:,' },
          { type: 'input_text', text: 'look' },
        ],
      },
    });
    expect(event).toMatchObject({
      item: {
        role: 'user',
        content: [
          { type: 'input_audio', transcript: null },
          { type: 'input_text', text: 'look' },
        ],
      },
    });
  });

  it('should keep a tool call as an item of another kind', () => {
    const event = parsed({
      type: 'conversation.item.done',
      item: { id: 'item_2', type: 'function_call', call_id: 'call_1', name: 'clock', arguments: '{}' },
    });
    expect(event).toMatchObject({ item: { id: 'item_2', type: 'other', kind: 'function_call' } });
  });

  it('should take the reason of a failed response from its details', () => {
    const event = parsed({
      type: 'response.done',
      response: {
        id: 'resp_1',
        status: 'failed',
        status_details: { type: 'failed', error: { code: 'llm_down', message: 'no model' } },
      },
    });
    expect(event).toMatchObject({ response: { error: { code: 'llm_down', message: 'no model' } } });
  });

  it('should read absent and null marks alike', () => {
    const event = parsed({
      type: 'vivavoce.turn.timing',
      response_id: 'resp_1',
      item_id: null,
      marks: { first_audio: 412.5, played: null, later: 3 },
    });
    expect(event).toMatchObject({ marks: { first_audio: 412.5 } });
    expect(event).not.toHaveProperty('marks.played');
  });

  it('should pass over a type it does not know', () => {
    expect(parseServerEvent('{"type":"vivavoce.visemes"}')).toEqual({
      kind: 'ignored',
      type: 'vivavoce.visemes',
    });
    expect(parseServerEvent('{"type":"toString"}')).toEqual({ kind: 'ignored', type: 'toString' });
  });

  it.each([
    ['not json', 'not JSON'],
    ['[]', 'event is not an object'],
    ['{"type":3}', 'event.type is not a string'],
    ['{"type":"vivavoce.turn.state","state":"asleep"}', 'event.state is not one of'],
    ['{"type":"response.created","response":{}}', 'event.response.id is not a string'],
    [
      '{"type":"vivavoce.output.segment","response_id":"r","item_id":"i","first_sample":-1,"samples":1,"text":""}',
      'event.first_sample is not a count',
    ],
    ['{"type":"vivavoce.service.status","components":[1]}', 'event.components[0] is not an object'],
  ])('should report %s as malformed', (text, reason) => {
    expect(parseServerEvent(text)).toMatchObject({
      kind: 'malformed',
      reason: expect.stringContaining(reason) as string,
    });
  });
});
