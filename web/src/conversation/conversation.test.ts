import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { AudioFault } from '../audio/index.ts';
import type { ServerEvent } from '../protocol/index.ts';
import { captionOf, stageOf } from '../state/index.ts';
import { frames, reply, replyDone, settle, setUp, started } from './testing.ts';
import type { SetUp } from './testing.ts';

const cleared = (n = 1): ServerEvent => {
  return { type: 'vivavoce.playout.clear', response_id: `r${n}`, item_id: `a${n}` };
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('starting', () => {
  it('should say first what it wants', async () => {
    const { server, store } = await started();
    expect(server.received).toMatchObject([
      { type: 'session.update', session: { audio: { input: { turn_detection: { type: 'semantic_vad' } } } } },
    ]);
    expect(store.getState()).toMatchObject({
      phase: 'running',
      hasMicrophone: true,
      connection: { kind: 'online' },
    });
  });

  it('should send what the microphone hears', async () => {
    const { server, audio } = await started();
    audio.hear(5);
    expect(server.receivedSamples).toBe(2400);
  });

  it('should name the fault, hold nothing, and start at the next try', async () => {
    const { server, audio, store, conversation } = setUp();
    audio.fault = new AudioFault('permission_denied');
    await conversation.start({ microphone: true });
    expect(store.getState()).toMatchObject({ phase: 'stopped', problems: [{ code: 'permission_denied' }] });
    expect(stageOf(store.getState()).state).toBe('error');
    expect(server.opened).toBe(0);
    audio.fault = null;
    await conversation.start({ microphone: true });
    expect(store.getState()).toMatchObject({ phase: 'running', problems: [] });
  });

  it('should free devices that were opened after the user had stopped', async () => {
    const { server, audio, store, conversation } = setUp();
    const opening = conversation.start({ microphone: true });
    conversation.stop();
    await opening;
    expect(audio.open).toBe(0);
    expect(server.opened).toBe(0);
    expect(store.getState().phase).toBe('stopped');
  });

  it('should free everything, however often it is started and stopped', async () => {
    const { server, audio, conversation } = setUp();
    for (let round = 0; round < 100; round += 1) {
      await conversation.start({ microphone: true });
      await settle();
      reply(server, 1);
      conversation.stop();
      expect([audio.open, server.open, vi.getTimerCount()]).toEqual([0, 0, 0]);
    }
    expect([audio.opened, server.opened]).toEqual([100, 100]);
  });
});

describe('playing a reply', () => {
  it('should let words appear with their sound', async () => {
    const { server, audio, store } = await started();
    reply(server);
    const words = (): string | undefined => {
      const last = store.getState().utterances.at(-1);
      return last && captionOf(last).heard;
    };
    expect(words()).toBe('');
    audio.advance('a1', 12_000);
    expect(words()).toBe('One two three');
    audio.advance('a1', 12_000);
    expect(words()).toBe('One two three four');
  });

  it('should report what was played every 250 ms and at the end', async () => {
    const { server, audio, store } = await started();
    reply(server);
    replyDone(server);
    for (let played = 0; played < 24_000; played += 960) {
      audio.advance('a1', 960);
      vi.advanceTimersByTime(40);
    }
    const reports = server.receivedOf('vivavoce.playout.report');
    expect(reports.length).toBeGreaterThanOrEqual(4);
    expect(reports.length).toBeLessThanOrEqual(6);
    expect(reports.at(-1)).toEqual({
      type: 'vivavoce.playout.report',
      item_id: 'a1',
      content_index: 0,
      played_samples: 24_000,
      buffered_samples: 0,
    });
    expect(store.getState().utterances.at(-1)?.status).toBe('done');
  });

  it('should end a reply that was announced and had no sound', async () => {
    const { server, store } = await started();
    const ids = { response_id: 'r1', item_id: 'a1' };
    server.say({
      type: 'vivavoce.audio.stream',
      ...ids,
      response_number: 1,
      content_index: 0,
      sample_rate_hz: 24000,
    });
    server.say({ type: 'response.output_audio_transcript.delta', ...ids, delta: 'Hello' });
    replyDone(server);
    expect(store.getState().utterances).toMatchObject([{ status: 'done', text: 'Hello' }]);
  });

  it('should play nothing that was not announced', async () => {
    const { server, audio, conversation } = await started();
    frames(server, 7, [0]);
    expect(audio.queued('a7')).toBe(0);
    expect(conversation.diagnostics.lateFrames).toBe(1);
  });
});

describe('interruption', () => {
  it('should fall silent at the server’s word, report where, and play no late frame', async () => {
    const { server, audio, store, conversation } = await started();
    reply(server);
    audio.advance('a1', 5000);
    server.say(cleared());
    expect(audio.queued('a1')).toBe(0);
    expect(server.received.at(-1)).toMatchObject({
      type: 'vivavoce.playout.report',
      played_samples: 5000,
      buffered_samples: 0,
    });
    frames(server, 1, [24_000]);
    expect(audio.queued('a1')).toBe(0);
    expect(conversation.diagnostics.lateFrames).toBe(1);
    const last = store.getState().utterances.at(-1);
    expect(last && captionOf(last)).toEqual({ heard: 'One', coming: '', unheard: ' two three four' });
  });

  it('should answer a clear of what was played already', async () => {
    const { server, audio } = await started();
    reply(server);
    replyDone(server);
    audio.advance('a1', 30_000);
    server.received.length = 0;
    server.say(cleared());
    expect(server.received).toMatchObject([{ item_id: 'a1', played_samples: 24_000, buffered_samples: 0 }]);
  });

  it('should fall silent at the button before the server knows, and stay so', async () => {
    const { server, audio, conversation } = await started();
    reply(server);
    audio.advance('a1', 5000);
    conversation.interrupt();
    expect(audio.queued('a1')).toBe(0);
    frames(server, 1, [24_000]);
    expect(audio.queued('a1')).toBe(0);
    expect(server.receivedOf('response.cancel')).toHaveLength(1);
    expect(server.receivedOf('vivavoce.playout.report').at(-1)).toMatchObject({ played_samples: 5000 });
  });

  it('should play the next reply as ever', async () => {
    const { server, audio, conversation } = await started();
    reply(server);
    conversation.interrupt();
    reply(server, 2);
    expect(audio.queued('a2')).toBe(24_000);
  });

  it('should be quiet while the user may be starting to speak', async () => {
    const { server, audio } = await started();
    reply(server);
    server.say({ type: 'input_audio_buffer.speech_started', item_id: 'u2' });
    expect([audio.isDucked, audio.queued('a1')]).toEqual([true, 24_000]);
    server.say({ type: 'input_audio_buffer.speech_stopped', item_id: 'u2' });
    expect(audio.isDucked).toBe(false);
  });

  it('should ask for nothing when there is nothing to interrupt', async () => {
    const { server, conversation } = await started();
    conversation.interrupt();
    expect(server.receivedOf('response.cancel')).toEqual([]);
  });
});

describe('push-to-talk', () => {
  async function holding(): Promise<SetUp> {
    const all = await started();
    all.conversation.setPreferences({ mode: 'push-to-talk' });
    return all;
  }

  it('should leave the end of the turn to the button', async () => {
    const { server } = await holding();
    expect(server.receivedOf('session.update').at(-1)).toMatchObject({
      session: { audio: { input: { turn_detection: null } } },
    });
  });

  it('should send only what is said while the button is down', async () => {
    const { server, audio, conversation } = await holding();
    audio.hear(10);
    expect(server.receivedSamples).toBe(0);
    conversation.hold();
    audio.hear(10);
    conversation.release();
    audio.hear(10);
    expect(server.receivedSamples).toBe(4800);
    expect(server.received.slice(-2)).toEqual([
      { type: 'input_audio_buffer.commit' },
      { type: 'response.create' },
    ]);
  });

  it('should take back a slip of the finger', async () => {
    const { server, audio, conversation } = await holding();
    conversation.hold();
    audio.hear(2);
    conversation.release();
    expect(server.received.at(-1)).toEqual({ type: 'input_audio_buffer.clear' });
    expect(server.receivedOf('response.create')).toEqual([]);
  });

  it('should silence the reply the moment the button goes down', async () => {
    const { server, audio, conversation } = await holding();
    reply(server);
    conversation.hold();
    expect(audio.queued('a1')).toBe(0);
    expect(server.receivedOf('response.cancel')).toHaveLength(1);
  });

  it('should send no silence of a muted microphone', async () => {
    const { audio, server, conversation } = await holding();
    conversation.setMuted(true);
    conversation.hold();
    audio.hear(10);
    conversation.release();
    expect(server.receivedSamples).toBe(0);
  });

  it('should do nothing hands-free', async () => {
    const { server, conversation, store } = await started();
    conversation.hold();
    conversation.release();
    expect(store.getState().isHolding).toBe(false);
    expect(server.receivedOf('input_audio_buffer.commit')).toEqual([]);
  });
});

describe('typing', () => {
  it('should send at once what is typed in a conversation', async () => {
    const { server, conversation } = await started();
    conversation.sendText('  hello ');
    expect(server.received.slice(-2)).toMatchObject([
      {
        type: 'conversation.item.create',
        item: { role: 'user', content: [{ type: 'input_text', text: 'hello' }] },
      },
      { type: 'response.create' },
    ]);
  });

  it('should start a conversation without a microphone', async () => {
    const { server, audio, store, conversation } = setUp();
    conversation.sendText('hello');
    await settle();
    expect(audio).toMatchObject({ open: 1, hasMicrophone: false });
    expect(server.received.map(({ type }) => type)).toEqual([
      'session.update',
      'conversation.item.create',
      'response.create',
    ]);
    expect(store.getState().utterances).toMatchObject([{ text: 'hello', status: 'done' }]);
  });

  it('should need no sound devices at all', async () => {
    const { server, audio, store, conversation } = setUp();
    audio.fault = new AudioFault('insecure_origin');
    conversation.sendText('hello');
    await settle();
    expect(server.received[0]).toMatchObject({ session: { output_modalities: ['text'] } });
    expect(store.getState()).toMatchObject({ phase: 'running', problems: [{ code: 'no_sound' }] });
    expect(stageOf(store.getState()).state).toBe('idle');
  });

  it('should cut the reply short that is in the way', async () => {
    const { server, audio, conversation } = await started();
    reply(server);
    conversation.sendText('stop');
    expect(audio.queued('a1')).toBe(0);
    expect(server.received.map(({ type }) => type).slice(-3)).toEqual([
      'response.cancel',
      'conversation.item.create',
      'response.create',
    ]);
  });

  it('should take up a microphone when the user wants to talk', async () => {
    const { audio, server, store, conversation } = await started(false);
    await conversation.start({ microphone: true });
    await settle();
    expect(audio).toMatchObject({ open: 1, hasMicrophone: true });
    expect(server.open).toBe(1);
    expect(store.getState()).toMatchObject({ phase: 'running', hasMicrophone: true });
  });
});

describe('settings', () => {
  it('should tell the server another language, and keep quiet about the theme', async () => {
    const { server, conversation } = await started();
    conversation.setPreferences({ language: 'zh' });
    conversation.setPreferences({ theme: 'dark' });
    expect(
      server.receivedOf('session.update').map(({ session }) => session.audio?.input?.transcription),
    ).toEqual([
      { model: 'local', language: 'en' },
      { model: 'local', language: 'zh' },
    ]);
  });

  it('should move to another character, and to a language of theirs', async () => {
    const { server, conversation } = await started();
    conversation.setCharacters([
      { id: 'viva', name: 'Viva', names: {}, languages: ['en', 'zh'] },
      { id: 'xiaomei', name: '小梅', names: {}, languages: ['zh'] },
    ]);
    expect(server.receivedOf('session.update')).toHaveLength(1);
    conversation.setPreferences({ character: 'xiaomei' });
    expect(server.receivedOf('session.update').at(-1)).toMatchObject({
      session: { prompt: { id: 'xiaomei' }, audio: { input: { transcription: { language: 'zh' } } } },
    });
  });

  it('should name a character of an earlier visit once the server is known to have it', async () => {
    const { server, conversation } = setUp();
    conversation.setPreferences({ character: 'lin' });
    await conversation.start({ microphone: true });
    await settle();
    expect(server.receivedOf('session.update').at(-1)).not.toHaveProperty('session.prompt');
    conversation.setCharacters([{ id: 'lin', name: 'Lin', names: {}, languages: ['en'] }]);
    expect(server.receivedOf('session.update').at(-1)).toMatchObject({ session: { prompt: { id: 'lin' } } });
  });

  it('should tell the server whether a tool may run', async () => {
    const { server, store, conversation } = await started();
    server.say({
      type: 'conversation.item.added',
      item: { id: 'q1', type: 'mcp_approval_request', name: 'send_mail', arguments: '{}' },
    });
    conversation.answerTool('q1', true);
    expect(server.received.at(-1)).toEqual({
      type: 'conversation.item.create',
      item: { type: 'mcp_approval_response', approval_request_id: 'q1', approve: true },
    });
    expect(store.getState().tools).toEqual([]);
  });

  it('should mute the device, also when it was asked before the start', async () => {
    const { audio, conversation } = setUp();
    conversation.setMuted(true);
    await conversation.start({ microphone: true });
    expect(audio.isMuted).toBe(true);
    conversation.setMuted(false);
    expect(audio.isMuted).toBe(false);
  });

  it('should stay silent for the conversation while something else uses the microphone, whatever is pressed', async () => {
    const { audio, conversation } = await started();
    conversation.sound.hush(true);
    conversation.setMuted(true);
    conversation.setMuted(false);
    expect(audio.isMuted).toBe(true);
    conversation.stop();
    audio.isMuted = false;
    await conversation.start({ microphone: true });
    expect(audio.isMuted).toBe(true);
    conversation.sound.hush(false);
    expect(audio.isMuted).toBe(false);
  });

  it('should begin a new session when the history is cleared', async () => {
    const { server, store, conversation } = await started();
    conversation.sendText('remember me');
    server.received.length = 0;
    conversation.clearHistory();
    await settle();
    expect(server.received.map(({ type }) => type)).toEqual(['session.update']);
    expect(store.getState().utterances).toEqual([]);
    expect(server.open).toBe(1);
  });
});

it('should go on without the microphone when it is taken away, and say when sound is held back', async () => {
  const { audio, store, conversation } = await started();
  audio.choosingFault = new AudioFault('no_microphone');
  audio.loseMicrophone();
  await settle();
  audio.block(true);
  expect(store.getState().problems.map(({ code }) => code)).toEqual(['audio_blocked', 'microphone_lost']);
  await conversation.sound.unblock();
  expect(store.getState().problems.map(({ code }) => code)).toEqual(['microphone_lost']);
});

it('should count noise on the line and go on', async () => {
  const { server, store, conversation } = await started();
  server.mumble('not JSON');
  expect(conversation.diagnostics.malformedEvents).toBe(1);
  expect(store.getState().connection.kind).toBe('online');
});
