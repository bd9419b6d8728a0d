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

  it.each([
    [{ output: null, error: null }, 'open'],
    [{}, 'open'],
    [{ output: 'noon', error: null }, 'done'],
    [{ output: null, error: { type: 'tool_execution_error', message: 'no' } }, 'failed'],
  ])('should read how a call of the server ended: %j', (fields, outcome) => {
    const item = { id: 'm1', type: 'mcp_call', server_label: 'vivavoce', name: 'get_time', arguments: '{}' };
    expect(parsed({ type: 'conversation.item.done', item: { ...item, ...fields } })).toEqual({
      type: 'conversation.item.done',
      item: { id: 'm1', type: 'mcp_call', name: 'get_time', outcome },
    });
  });

  it('should read a request for consent and its answer', () => {
    const request = {
      id: 'q1',
      type: 'mcp_approval_request',
      server_label: 's',
      name: 'mail',
      arguments: '{}',
    };
    expect(parsed({ type: 'conversation.item.added', item: request })).toMatchObject({
      item: { id: 'q1', type: 'mcp_approval_request', name: 'mail', arguments: '{}' },
    });
    const answer = { id: 'p1', type: 'mcp_approval_response', approval_request_id: 'q1', approve: false };
    expect(parsed({ type: 'conversation.item.added', item: answer })).toMatchObject({ item: answer });
  });

  it('should read who speaks, when the server tells', () => {
    expect(parsed({ type: 'session.updated', session: { prompt: { id: 'lin' } } })).toEqual({
      type: 'session.updated',
      character: 'lin',
    });
    expect(parsed({ type: 'session.updated', session: { prompt: null } })).toMatchObject({ character: null });
    expect(parsed({ type: 'session.updated' })).toMatchObject({ character: null });
  });

  it.each([
    { type: 'vivavoce.recording', is_on: true },
    { type: 'vivavoce.memory.used', response_id: 'r1', memories: [{ id: 'f1', text: 'Has a dog.' }] },
    {
      type: 'vivavoce.expression',
      response_id: 'r1',
      item_id: 'a1',
      expression: 'joy',
      first_sample: 4800,
    },
  ])('should read $type', (event) => {
    expect(parsed({ event_id: 'event_1', ...event })).toEqual(event);
  });

  it('should report a recording that is neither on nor off', () => {
    expect(parseServerEvent('{"type":"vivavoce.recording"}').kind).toBe('malformed');
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

  it('should read the mouth and the movements of a reply', () => {
    const ids = { response_id: 'resp_1', item_id: 'item_1', first_sample: 480 };
    const visemes = [
      { viseme: 'PP', sample: 480, weight: 1 },
      { viseme: 'aa', sample: 1200, weight: 0.8 },
    ];
    const mouth = { type: 'vivavoce.visemes', ...ids, samples: 2400, visemes };
    expect(parsed(mouth)).toEqual(mouth);
    const nod = { type: 'vivavoce.action', ...ids, action: 'nod' };
    expect(parsed(nod)).toEqual(nod);
  });

  it('should pass over a type it does not know', () => {
    expect(parseServerEvent('{"type":"vivavoce.session.resumed"}')).toEqual({
      kind: 'ignored',
      type: 'vivavoce.session.resumed',
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
    [
      '{"type":"vivavoce.visemes","response_id":"r","item_id":"i","first_sample":0,"samples":1,"visemes":[{"viseme":"XX"}]}',
      'event.visemes[0].viseme is not one of',
    ],
    ['{"type":"vivavoce.service.status","components":[1]}', 'event.components[0] is not an object'],
  ])('should report %s as malformed', (text, reason) => {
    expect(parseServerEvent(text)).toMatchObject({
      kind: 'malformed',
      reason: expect.stringContaining(reason) as string,
    });
  });
});
