import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import type { Preferences } from '../state/index.ts';
import { reply, replyDone, setUp, settle } from './testing.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function begun({
  microphone = true,
  preferences = {},
}: { readonly microphone?: boolean; readonly preferences?: Partial<Preferences> } = {}) {
  const all = setUp();
  all.conversation.setCharacters([{ id: 'lin', name: 'Lin', names: {}, languages: ['en', 'zh'] }]);
  all.conversation.setPreferences(preferences);
  await all.conversation.start({ microphone });
  await settle();
  return all;
}

it('should let the character speak first when a new conversation is begun by voice', async () => {
  const { queries } = await begun();
  expect(queries).toEqual([{ greet: 'true', language: 'en' }]);
});

it('should have the greeting spoken as the user wants to hear it', async () => {
  const { queries } = await begun({
    preferences: { character: 'lin', language: 'zh', voice: 'zm_yunxi', speed: 1.2 },
  });
  expect(queries).toEqual([
    { greet: 'true', persona: 'lin', language: 'zh', voice: 'zm_yunxi', speed: '1.2' },
  ]);
});

it.each([
  ['who does not want it', { preferences: { greeting: false } }],
  ['who only types', { microphone: false }],
] as const)('should greet nobody %s', async (_, how) => {
  expect((await begun(how)).queries).toEqual([{}]);
});

it('should not greet again when the link comes back', async () => {
  const { server, queries } = await begun();
  reply(server);
  replyDone(server);
  server.end('gone');
  await vi.advanceTimersByTimeAsync(200);
  expect(queries.map(({ greet }) => greet)).toEqual(['true', undefined]);
});

it('should not greet who goes on with what was said before', async () => {
  const all = setUp();
  all.store.dispatch({ type: 'text.typed', id: 'past', text: 'Hello', at: 1 });
  await all.conversation.start({ microphone: true });
  await settle();
  expect(all.queries).toEqual([{}]);
});

it('should greet again in a conversation begun anew', async () => {
  const { server, conversation, queries } = await begun();
  reply(server);
  replyDone(server);
  conversation.clearHistory();
  await settle();
  expect(queries.map(({ greet }) => greet)).toEqual(['true', 'true']);
});
