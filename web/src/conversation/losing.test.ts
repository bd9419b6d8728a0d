import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { reply, settle, setUp, started } from './testing.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('losing the server', () => {
  it('should fall silent, come back, and tell the new session what was heard', async () => {
    const { server, audio, store, conversation } = await started();
    conversation.sendText('what comes after one?');
    reply(server);
    audio.advance('a1', 5000);
    server.end('gone');
    expect(audio.queued('a1')).toBe(0);
    expect(store.getState().connection).toEqual({ kind: 'reconnecting', attempt: 1, limit: 3 });
    server.received.length = 0;
    await vi.advanceTimersByTimeAsync(100);
    expect(server.received).toMatchObject([
      { type: 'session.update' },
      { item: { id: 'past_1', role: 'user', content: [{ text: 'what comes after one?' }] } },
      { item: { id: 'past_2', role: 'assistant', content: [{ type: 'output_text', text: 'One' }] } },
    ]);
    expect(store.getState().connection).toEqual({ kind: 'online' });
    expect(store.getState().utterances).toHaveLength(2);
  });

  it('should go on afterwards, without mistaking new replies for old', async () => {
    const { server, audio, store } = await started();
    reply(server);
    server.end('gone');
    await vi.advanceTimersByTimeAsync(100);
    audio.hear(1);
    reply(server);
    expect(server.receivedSamples).toBe(480);
    expect(audio.queued('a1')).toBe(24_000);
    expect(store.getState().utterances.map(({ id, status }) => [id, status])).toEqual([
      ['past_1', 'interrupted'],
      ['a1', 'live'],
    ]);
  });

  it('should ask the new session what was typed meanwhile', async () => {
    const { server, store, conversation } = await started();
    server.end('gone');
    conversation.sendText('are you there?');
    expect(store.getState().utterances).toMatchObject([{ status: 'pending' }]);
    server.received.length = 0;
    await vi.advanceTimersByTimeAsync(100);
    expect(server.received).toMatchObject([
      { type: 'session.update' },
      { item: { content: [{ text: 'are you there?' }] } },
      { type: 'response.create' },
    ]);
    expect(store.getState().utterances).toMatchObject([{ status: 'done' }]);
  });

  it('should free the devices when it gives up, say so, and start again when asked', async () => {
    const { server, audio, store, conversation } = await started();
    server.refusal = 'gone';
    server.end('gone');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(store.getState()).toMatchObject({
      phase: 'stopped',
      connection: { kind: 'failed' },
      problems: [{ code: 'gave_up' }],
    });
    expect([audio.open, server.open, vi.getTimerCount()]).toEqual([0, 0, 0]);
    server.refusal = null;
    await conversation.retry();
    await settle();
    expect(store.getState()).toMatchObject({
      connection: { kind: 'online' },
      problems: [],
      hasMicrophone: true,
    });
  });

  it('should free the devices when it is refused', async () => {
    const { server, audio, store, conversation } = setUp();
    server.refusal = 'unauthorised';
    await conversation.start({ microphone: true });
    await settle();
    expect(audio.open).toBe(0);
    expect(store.getState()).toMatchObject({ phase: 'stopped', problems: [{ code: 'unauthorised' }] });
  });
});
