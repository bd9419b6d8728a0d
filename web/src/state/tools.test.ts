import { describe, expect, it } from 'vitest';

import type { Item, ServerEvent } from '../protocol/index.ts';
import type { Action } from './actions.ts';
import { INITIAL_STATE } from './model.ts';
import type { ConversationState } from './model.ts';
import { reduce } from './reducer.ts';
import { partnerOf, toolsBetween } from './selectors.ts';

const AT = 1_700_000_000_000;

function said(...events: readonly ServerEvent[]): readonly Action[] {
  return events.map((event) => ({ type: 'server.said', event, at: AT }));
}

function after(...actions: readonly Action[]): ConversationState {
  return actions.reduce(reduce, INITIAL_STATE);
}

const added = (item: Item): ServerEvent => ({ type: 'conversation.item.added', item });
const call = (outcome: 'open' | 'done' | 'failed'): Item => ({
  id: 'm1',
  type: 'mcp_call',
  name: 'get_time',
  outcome,
});
const REQUEST: Item = {
  id: 'q1',
  type: 'mcp_approval_request',
  name: 'send_mail',
  arguments: '{"to":"Ada"}',
};

describe('a tool', () => {
  it('should be shown while it runs and after it', () => {
    const running = after(...said(added(call('open'))));
    expect(running.tools).toMatchObject([{ id: 'm1', name: 'get_time', status: 'running' }]);

    const done = after(
      ...said(
        added(call('open')),
        { type: 'response.output_item.added', response_id: 'r1', item: call('open') },
        { type: 'response.mcp_call.in_progress', item_id: 'm1' },
        { type: 'response.mcp_call.completed', item_id: 'm1' },
      ),
    );
    expect(done.tools).toMatchObject([{ id: 'm1', status: 'done' }]);
  });

  it.each([
    { type: 'response.mcp_call.failed', item_id: 'm1' },
    { type: 'conversation.item.done', item: call('failed') },
  ] as const)('should be shown as failed after $type', (event) => {
    expect(after(...said(added(call('open')), event)).tools).toMatchObject([{ status: 'failed' }]);
  });

  it('should stand between the utterances it came between', () => {
    const state = after(
      { type: 'text.typed', id: 'u1', text: 'Time?', at: AT },
      ...said(added(call('open'))),
      { type: 'text.typed', id: 'u2', text: 'Well?', at: AT },
    );
    const [first, second] = state.utterances.map(({ key }) => key);
    expect(toolsBetween(state, first ?? 0, second ?? 0)).toHaveLength(1);
    expect(toolsBetween(state, second ?? 0, Infinity)).toHaveLength(0);
  });

  it('should not stay under way when the session is lost', () => {
    const { tools } = after(...said(added(call('open')), added(REQUEST)), { type: 'conversation.stopped' });
    expect(tools).toMatchObject([{ id: 'm1', status: 'failed' }]);
  });

  it('should be forgotten with the history', () => {
    expect(after(...said(added(call('done'))), { type: 'history.cleared' }).tools).toEqual([]);
  });
});

describe('a tool that asks first', () => {
  const asked = said(added(REQUEST));

  it('should wait for an answer', () => {
    expect(after(...asked).tools).toMatchObject([
      { id: 'q1', name: 'send_mail', status: 'asking', given: '{"to":"Ada"}' },
    ]);
  });

  it('should make room for the call when it may', () => {
    expect(after(...asked, { type: 'tool.answered', id: 'q1', isApproved: true }).tools).toEqual([]);
  });

  it('should be shown as declined when it may not', () => {
    const { tools } = after(...asked, { type: 'tool.answered', id: 'q1', isApproved: false });
    expect(tools).toMatchObject([{ status: 'declined' }]);
  });

  it('should take an answer given elsewhere', () => {
    const answer: Item = {
      id: 'p1',
      type: 'mcp_approval_response',
      approval_request_id: 'q1',
      approve: true,
    };
    expect(after(...asked, ...said(added(answer))).tools).toEqual([]);
  });
});

describe('news about the assistant', () => {
  it('should keep its expression until the next reply', () => {
    const shown = said({
      type: 'vivavoce.expression',
      response_id: 'r1',
      item_id: 'a1',
      expression: 'joy',
      first_sample: 1200,
    });
    expect(after(...shown).expression).toEqual({ name: 'joy', item: 'a1', firstSample: 1200 });
    const next = said({
      type: 'response.created',
      response: { id: 'r2', status: 'in_progress', error: null },
    });
    expect(after(...shown, ...next).expression).toBeNull();
  });

  it('should keep what a reply rests on, and whether sound is kept, for this session', () => {
    const memories = [{ id: 'f1', text: 'Has a dog.' }];
    const told = said(
      { type: 'vivavoce.memory.used', response_id: 'r1', memories },
      { type: 'vivavoce.recording', is_on: true },
    );
    expect(after(...told)).toMatchObject({ memories: { r1: memories }, isRecorded: true });
    expect(after(...told, { type: 'session.began' })).toMatchObject({ memories: {}, isRecorded: false });
  });
});

describe('whom the user talks to', () => {
  const characters = [
    { id: 'viva', name: 'Viva', names: {}, languages: ['en', 'zh'] },
    { id: 'xiaomei', name: '小梅', names: {}, languages: ['zh'] },
  ];
  const choose = (character: string): Action => ({ type: 'preferences.changed', preferences: { character } });
  const listed: Action = { type: 'characters.listed', characters };

  it('should be someone the server has', () => {
    expect(partnerOf(after(choose('viva')))).toEqual({ character: '', language: 'en' });
    expect(partnerOf(after(choose('viva'), listed))).toEqual({ character: 'viva', language: 'en' });
    expect(partnerOf(after(choose('gone'), listed))).toEqual({ character: '', language: 'en' });
  });

  it('should be whom the server gives to everyone, until one is chosen', () => {
    const withDefault: Action = {
      type: 'characters.listed',
      characters: characters.map((each) => ({ ...each, isDefault: each.id === 'xiaomei' })),
    };
    expect(partnerOf(after(withDefault)).character).toBe('xiaomei');
    expect(partnerOf(after(withDefault, choose('viva'))).character).toBe('viva');
  });

  it('should be talked to in a language of theirs', () => {
    expect(partnerOf(after(choose('xiaomei'), listed))).toEqual({ character: 'xiaomei', language: 'zh' });
  });

  it('should be whom the server says, when it was changed by voice', () => {
    const state = after(listed, ...said({ type: 'session.updated', character: 'xiaomei' }));
    expect(partnerOf(state).character).toBe('xiaomei');
    const silent = reduce(state, {
      type: 'server.said',
      event: { type: 'session.updated', character: null },
      at: AT,
    });
    expect(silent).toBe(state);
  });
});
