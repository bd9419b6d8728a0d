import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { settle, setUp } from './testing.ts';
import type { SetUp } from './testing.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('an encoded microphone', () => {
  const START = Uint8Array.of(0x1a);
  const MORE = Uint8Array.of(9, 9);

  async function encoded(mode: 'hands-free' | 'push-to-talk' = 'hands-free'): Promise<SetUp> {
    const all = setUp();
    all.audio.encoding = 'webm';
    all.conversation.setPreferences({ mode });
    await all.conversation.start({ microphone: true });
    await settle();
    return all;
  }

  it('should tell the session, and begin a file with it', async () => {
    const { server, audio } = await encoded();
    expect(server.received[0]).toMatchObject({
      session: { audio: { input: { format: { type: 'audio/webm' } } } },
    });
    expect(audio.listened).toEqual([true]);
    audio.encode(START, true);
    audio.encode(MORE);
    expect(server.receivedPieces).toEqual([START, MORE]);
  });

  it('should begin a file anew with each session', async () => {
    const { server, audio } = await encoded();
    server.end('gone');
    await vi.advanceTimersByTimeAsync(500);
    expect(server.opened).toBe(2);
    expect(audio.listened).toEqual([true, false, true]);
  });

  it('should send nothing before the button is held, and hand over when the last piece has come', async () => {
    const { server, audio, conversation } = await encoded('push-to-talk');
    expect(audio.listened).toEqual([false]);
    conversation.hold();
    audio.encode(START, true);
    audio.encode(MORE);
    conversation.release();
    audio.encode(MORE);
    await settle();
    expect(audio.listened).toEqual([false, true, false]);
    expect(server.receivedPieces).toHaveLength(3);
    expect(server.receivedOf('input_audio_buffer.commit')).toHaveLength(1);
  });

  it('should begin a file anew after a piece was lost', async () => {
    const { server, audio } = await encoded();
    audio.encode(START, true);
    server.isCongested = true;
    audio.encode(MORE);
    server.isCongested = false;
    audio.encode(MORE);
    audio.encode(START, true);
    expect(audio.listened).toEqual([true, true]);
    expect(server.receivedPieces).toEqual([START, START]);
  });

  it('should wait for the way to be free before it begins a file anew', async () => {
    const { server, audio } = await encoded();
    audio.encode(START, true);
    server.isCongested = true;
    for (let piece = 0; piece < 20; piece += 1) audio.encode(MORE);
    expect(audio.listened).toEqual([true]);
    server.isCongested = false;
    for (let piece = 0; piece < 3; piece += 1) audio.encode(MORE);
    expect(audio.listened).toEqual([true, true]);
    server.isCongested = true;
    audio.encode(START, true);
    for (let piece = 0; piece < 20; piece += 1) audio.encode(MORE);
    expect(audio.listened).toEqual([true, true]);
    server.isCongested = false;
    audio.encode(MORE);
    audio.encode(START, true);
    audio.encode(MORE);
    expect(audio.listened).toEqual([true, true, true]);
    expect(server.receivedPieces).toEqual([START, START, MORE]);
  });

  it('should not listen again when nobody holds any more, though the last piece was lost', async () => {
    const { server, audio, conversation } = await encoded('push-to-talk');
    conversation.hold();
    audio.encode(START, true);
    audio.encode(MORE);
    conversation.release();
    server.isCongested = true;
    audio.encode(MORE);
    server.isCongested = false;
    audio.encode(MORE);
    await settle();
    expect(audio.listened).toEqual([false, true, false]);
    expect(server.receivedOf('input_audio_buffer.commit')).toHaveLength(1);
  });

  it('should begin a file anew while the button is held', async () => {
    const { server, audio, conversation } = await encoded('push-to-talk');
    conversation.hold();
    audio.encode(START, true);
    server.isCongested = true;
    audio.encode(MORE);
    server.isCongested = false;
    audio.encode(MORE);
    expect(audio.listened).toEqual([false, true, true]);
  });

  it('should hand over each of two turns, however soon the second follows', async () => {
    const { server, audio, conversation } = await encoded('push-to-talk');
    conversation.hold();
    audio.encode(START, true);
    audio.encode(MORE);
    conversation.release();
    conversation.hold();
    audio.encode(MORE);
    await settle();
    audio.encode(START, true);
    audio.encode(MORE);
    conversation.release();
    await settle();
    expect(server.receivedOf('input_audio_buffer.commit')).toHaveLength(2);
    expect(server.receivedPieces).toHaveLength(5);
  });

  it('should tell a new session nothing of a file whose beginning it does not have, nor of its turn', async () => {
    const { server, audio, conversation } = await encoded('push-to-talk');
    conversation.hold();
    audio.encode(START, true);
    audio.encode(MORE);
    conversation.release();
    conversation.clearHistory();
    await settle();
    server.received.length = 0;
    audio.encode(MORE);
    await settle();
    expect(server.receivedPieces).toEqual([START, MORE]);
    expect(server.receivedOf('input_audio_buffer.commit')).toEqual([]);
  });
});
