import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { setUp, settle, started } from './testing.ts';
import type { SetUp } from './testing.ts';

const LIN = { id: 'lin', name: 'Lin', names: {}, languages: ['en', 'zh'] };
const NOT_FOUND = { code: 'persona_not_found', message: "There is no character 'lin'." };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function talkingToLin(): Promise<SetUp> {
  const all = setUp();
  all.conversation.setCharacters([LIN]);
  all.conversation.setPreferences({ character: 'lin' });
  await all.conversation.start({ microphone: true });
  await settle();
  return all;
}

it('should go on with the own character of a server that no longer has the one in the address', async () => {
  const { server, queries, store } = await talkingToLin();
  expect(queries).toMatchObject([{ persona: 'lin' }]);
  server.say({ type: 'error', error: NOT_FOUND });
  server.end('unknown_character');
  await settle();
  expect(queries).toHaveLength(2);
  expect(queries[1]).not.toHaveProperty('persona');
  expect(store.getState()).toMatchObject({
    connection: { kind: 'online' },
    problems: [{ code: 'character_gone' }],
  });
});

it('should ask again for all that was refused with a character that is gone', async () => {
  const { server, store, conversation } = await talkingToLin();
  server.received.length = 0;
  server.say({ type: 'error', error: NOT_FOUND });
  const [update] = server.receivedOf('session.update');
  expect(update?.session).toMatchObject({ type: 'realtime', audio: { output: { speed: 1 } } });
  expect(update?.session).not.toHaveProperty('prompt');
  expect(store.getState().problems).toMatchObject([{ code: 'character_gone' }]);
  server.say({ type: 'error', error: NOT_FOUND });
  conversation.setPreferences({ character: '' });
  expect(store.getState().problems).toEqual([]);
});

it("should show a refusal in the server's own words, and not try again by itself", async () => {
  const { server, store, audio } = await started();
  server.say({ type: 'error', error: { code: 'invalid_value', message: 'A room has a shorter name.' } });
  server.end('refused');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.opened).toBe(1);
  expect(audio.open).toBe(0);
  expect(store.getState().problems).toEqual([{ code: 'refused', detail: 'A room has a shorter name.' }]);
});
