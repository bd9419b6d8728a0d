/** A reply, where something else is to be heard. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { frames, reply, replyDone, started } from './testing.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('should be cut short where it sounds, so that no two voices are heard', async () => {
  const { server, audio, conversation } = await started();
  reply(server);
  audio.advance('a1', 5000);
  conversation.makeWay();
  frames(server, 1, [24_000]);
  expect(audio.queued('a1')).toBe(0);
  expect(server.receivedOf('response.cancel')).toHaveLength(1);
});

it('should be cut short though all of it has arrived', async () => {
  const { server, audio, conversation } = await started();
  reply(server);
  replyDone(server);
  conversation.makeWay();
  expect(audio.queued('a1')).toBe(0);
});

it('should still come where it is only thought of, for nobody has heard it yet', async () => {
  const { server, audio, conversation } = await started();
  server.say(
    { type: 'response.created', response: { id: 'r1', status: 'in_progress', error: null } },
    { type: 'vivavoce.turn.state', state: 'processing', reason: '' },
  );
  conversation.makeWay();
  reply(server);
  expect(audio.queued('a1')).toBe(24_000);
  expect(server.receivedOf('response.cancel')).toEqual([]);
});

it('should have nothing cut short after its end', async () => {
  const { server, audio, conversation } = await started();
  reply(server);
  replyDone(server);
  audio.advance('a1', 30_000);
  conversation.makeWay();
  expect(server.receivedOf('response.cancel')).toEqual([]);
});
