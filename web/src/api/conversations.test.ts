import { afterEach, describe, expect, it, vi } from 'vitest';

import {
  deleteConversations,
  entrySound,
  exportConversation,
  listConversations,
  readConversation,
  renameConversation,
  searchConversations,
} from './conversations.ts';
import { FakeRest, Refusal } from './testing.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const HEAD = {
  object: 'conversation',
  id: 'c1',
  title: 'Tea',
  persona: 'viva',
  engine: 'chat_engine',
  language: 'en',
  created_at: 1,
  updated_at: 2.5,
};

const ENTRY = {
  id: 'e1',
  place: 1,
  kind: 'message',
  role: 'assistant',
  status: 'incomplete',
  source: 'audio',
  said: 'It is warm.',
  heard: 'It is',
  is_interrupted: true,
  is_aside: false,
  audio_ms: 900,
  has_sound: true,
  response_id: 'r1',
  call: null,
  created_at: 2,
};

const TURN = {
  response_id: 'r1',
  user_entry_id: 'e0',
  status: 'completed',
  timings: { first_audio: 300 },
  memories: [{ id: 'm', text: 'Has a dog.' }],
  created_at: 2,
};

describe('the list of conversations', () => {
  it('should be asked for page by page', async () => {
    const rest = new FakeRest(() => ({ data: [{ ...HEAD, messages: 4 }], has_more: true, last_id: 'c1' }));
    const page = await listConversations(rest.api, null);
    expect(page.next).toBe('c1');
    expect(page.conversations).toEqual([
      { id: 'c1', title: 'Tea', persona: 'viva', createdAt: 1000, updatedAt: 2500, messages: 4, found: null },
    ]);
    await listConversations(rest.api, page.next);
    expect(rest.asked.map(({ path }) => path)).toEqual([
      '/v1/conversations?limit=30',
      '/v1/conversations?limit=30&after=c1',
    ]);
  });

  it('should end where the server says so', async () => {
    const rest = new FakeRest(() => ({ data: [], has_more: false, last_id: null }));
    expect(await listConversations(rest.api, null)).toEqual({ conversations: [], next: null });
  });

  it('should be searched for words of any language', async () => {
    const rest = new FakeRest(() => ({ data: [{ ...HEAD, entry_id: 'e1', snippet: '今天天气' }] }));
    const [hit] = await searchConversations(rest.api, '天气 & tea');
    expect(hit?.found).toEqual({ entryId: 'e1', snippet: '今天天气' });
    expect(new URL(`http://x${rest.asked[0]?.path ?? ''}`).searchParams.get('query')).toBe('天气 & tea');
  });

  it.each([
    ['no list', { data: {} }],
    ['a title that is no text', { data: [{ ...HEAD, title: 7 }], has_more: false }],
    ['a time that is none', { data: [{ ...HEAD, updated_at: '2026' }], has_more: false }],
    ['something else altogether', ['nothing']],
  ])('should be refused as a whole for %s', async (_, answer) => {
    const rest = new FakeRest(() => answer);
    await expect(listConversations(rest.api, null)).rejects.toMatchObject({ code: 'unexpected_answer' });
  });
});

describe('one conversation', () => {
  it('should be read with what was heard, what tools did, and how long replies took', async () => {
    const call = { call_id: 'k', name: 'clock', arguments: '{}', output: 'noon', error_code: '' };
    const tool = { ...ENTRY, id: 'e2', kind: 'mcp_call', call };
    const rest = new FakeRest(() => ({ ...HEAD, entries: [ENTRY, tool], turns: [TURN] }));
    const whole = await readConversation(rest.api, 'a/b');
    expect(rest.asked[0]?.path).toBe('/v1/conversations/a%2Fb');
    expect(whole.entries[0]).toMatchObject({ said: 'It is warm.', heard: 'It is', hasSound: true });
    expect(whole.entries[1]?.call).toEqual({ name: 'clock', arguments: '{}', output: 'noon', errorCode: '' });
    expect(whole.turns).toEqual([
      { responseId: 'r1', timings: { first_audio: 300 }, memories: [{ id: 'm', text: 'Has a dog.' }] },
    ]);
  });

  it('should not be half read', async () => {
    const rest = new FakeRest(() => ({ ...HEAD, entries: [{ ...ENTRY, kind: 'song' }], turns: [] }));
    await expect(readConversation(rest.api, 'c1')).rejects.toThrow('entries[0].kind');
  });

  it('should be renamed, and say so when the server refuses', async () => {
    const rest = new FakeRest(() => HEAD);
    expect(await renameConversation(rest.api, 'c1', 'Tea')).toMatchObject({ title: 'Tea' });
    expect(rest.asked[0]).toMatchObject({ method: 'PATCH', body: { title: 'Tea' } });
    rest.answer = () => new Refusal(404, 'conversation_not_found');
    await expect(renameConversation(rest.api, 'c1', 'x')).rejects.toMatchObject({
      code: 'conversation_not_found',
      status: 404,
    });
  });

  it('should be taken away as a file, with the key that an ordinary link would not carry', async () => {
    const rest = new FakeRest(() => new Response('# Tea'));
    expect(await (await exportConversation(rest.api, 'c1', 'markdown')).text()).toBe('# Tea');
    expect(await (await entrySound(rest.api, 'c1', 'e 1')).text()).toBe('# Tea');
    expect(rest.asked.map(({ path }) => path)).toEqual([
      '/v1/conversations/c1/export?format=markdown',
      '/v1/conversations/c1/entries/e%201/sound',
    ]);
  });
});

it('should tell how many were deleted', async () => {
  const rest = new FakeRest(() => ({ deleted: true, count: 3 }));
  expect(await deleteConversations(rest.api)).toBe(3);
});
