import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { AudioFault } from '../audio/index.ts';
import type { SoundDevices } from '../state/index.ts';
import { settle, setUp, started } from './testing.ts';
import type { SetUp } from './testing.ts';

const DESK = { id: 'desk', label: 'Desk microphone' };
const HEADSET = { id: 'headset', label: 'Headset' };
const HALL = { id: 'hall', label: 'Hall speakers' };

function plugged(
  microphones: SoundDevices['microphones'],
  speakers: SoundDevices['speakers'] = [HALL],
): SoundDevices {
  return { microphones, speakers, areNamed: true, canChooseSpeaker: true };
}

function problems({ store }: SetUp): readonly string[] {
  return store.getState().problems.map(({ code }) => code);
}

/** A running conversation whose user chose the headset. */
async function withHeadset(): Promise<SetUp> {
  const all = setUp();
  all.conversation.setDevices(plugged([DESK, HEADSET]));
  all.conversation.setPreferences({ microphone: HEADSET.id });
  await all.conversation.start({ microphone: true });
  await settle();
  return all;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('choosing', () => {
  it('should open what was chosen before, and say what is in use', async () => {
    const { audio, store } = await withHeadset();
    expect(audio.choice).toMatchObject({ microphone: 'headset', echoCancellation: true });
    expect(store.getState().microphoneInUse).toBe('A microphone');
    expect(audio.choices).toBe(0);
  });

  it('should take up another device in mid-conversation, in the same session', async () => {
    const { audio, server, conversation } = await withHeadset();
    conversation.setPreferences({ microphone: DESK.id, noiseSuppression: false });
    await settle();
    expect(audio.choice).toMatchObject({ microphone: 'desk', noiseSuppression: false });
    audio.hear(3);
    expect([audio.opened, server.opened, server.receivedSamples]).toEqual([1, 1, 1440]);
  });

  it('should come to rest at the last of several choices made at once', async () => {
    const { audio, conversation } = await withHeadset();
    for (const microphone of ['desk', 'headset', 'desk']) conversation.setPreferences({ microphone });
    await settle();
    expect(audio.choice?.microphone).toBe('desk');
    expect(audio.choices).toBeLessThanOrEqual(2);
  });

  it('should touch no device for a choice that is none of theirs', async () => {
    const { audio, conversation } = await withHeadset();
    conversation.setPreferences({ theme: 'dark' });
    await settle();
    expect(audio.choices).toBe(0);
  });

  it('should go on with the microphone it has when the other cannot be had, and say so', async () => {
    const all = await withHeadset();
    all.audio.choosingFault = new AudioFault('microphone_busy');
    all.conversation.setPreferences({ microphone: DESK.id });
    await settle();
    expect(problems(all)).toEqual(['microphone_refused']);
    expect(all.store.getState().hasMicrophone).toBe(true);
    await all.conversation.retry();
    await settle();
    expect([all.audio.choices, all.audio.opened, problems(all)]).toEqual([2, 1, ['microphone_refused']]);
    all.conversation.stop();
    expect(problems(all)).toEqual([]);
    await all.conversation.start({ microphone: true });
    await settle();
    all.conversation.setPreferences({ microphone: HEADSET.id });
    await settle();
    expect(problems(all)).toEqual(['microphone_refused']);
    all.audio.choosingFault = null;
    await all.conversation.retry();
    await settle();
    expect([all.audio.choice?.microphone, problems(all)]).toEqual(['headset', []]);
  });

  it('should say that nobody is heard when the one it had is gone too, and hear again when asked to', async () => {
    const all = await withHeadset();
    all.audio.choosingFault = new AudioFault('microphone_busy');
    all.audio.isHearing = false;
    all.conversation.setPreferences({ microphone: DESK.id });
    await settle();
    expect(problems(all)).toEqual(['microphone_lost']);
    expect(all.store.getState().hasMicrophone).toBe(false);
    all.audio.choosingFault = null;
    await all.conversation.retry();
    await settle();
    expect([all.audio.opened, all.server.opened, problems(all)]).toEqual([1, 1, []]);
    expect(all.store.getState().hasMicrophone).toBe(true);
  });

  it('should hand over what was said under the button when the microphone is lost', async () => {
    const all = await withHeadset();
    all.conversation.setPreferences({ mode: 'push-to-talk' });
    all.conversation.hold();
    all.audio.hear(10);
    all.audio.choosingFault = new AudioFault('no_microphone');
    all.audio.loseMicrophone();
    await settle();
    expect(all.store.getState().isHolding).toBe(false);
    expect(all.server.received.slice(-2).map(({ type }) => type)).toEqual([
      'input_audio_buffer.commit',
      'response.create',
    ]);
  });
});

describe('coming and going', () => {
  it('should go over to the default device when the chosen one is unplugged, and back when it returns', async () => {
    const all = await withHeadset();
    all.conversation.setDevices(plugged([DESK]));
    all.audio.loseMicrophone();
    await settle();
    expect(all.audio.choice?.microphone).toBe('');
    expect(problems(all)).toEqual(['microphone_away']);
    expect(all.store.getState().hasMicrophone).toBe(true);
    all.conversation.setDevices(plugged([DESK, HEADSET]));
    await settle();
    expect(all.audio.choice?.microphone).toBe('headset');
    expect(problems(all)).toEqual([]);
    expect(all.server.opened).toBe(1);
  });

  it('should do the same with the speaker', async () => {
    const all = await withHeadset();
    all.conversation.setPreferences({ speaker: HALL.id });
    await settle();
    expect(all.audio.choice?.speaker).toBe('hall');
    all.conversation.setDevices(plugged([DESK, HEADSET], []));
    await settle();
    expect(all.audio.choice?.speaker).toBe('');
    expect(problems(all)).toEqual(['speaker_away']);
    all.conversation.setDevices(plugged([DESK, HEADSET]));
    await settle();
    expect(problems(all)).toEqual([]);
  });

  it('should say that the microphone is gone when there is no other, and go on when one comes', async () => {
    const all = await started();
    all.audio.choosingFault = new AudioFault('no_microphone');
    all.audio.loseMicrophone();
    await settle();
    expect(problems(all)).toEqual(['microphone_lost']);
    expect(all.store.getState().hasMicrophone).toBe(false);
    all.audio.choosingFault = null;
    all.conversation.setDevices(plugged([DESK]));
    await settle();
    expect(problems(all)).toEqual([]);
    expect(all.store.getState().hasMicrophone).toBe(true);
  });

  it('should not take a device for gone while the browser tells no names', async () => {
    const all = await withHeadset();
    all.conversation.setDevices({ ...plugged([]), areNamed: false });
    await settle();
    expect(all.audio.choice?.microphone).toBe('headset');
    expect(problems(all)).toEqual([]);
  });

  it('should say nothing of the microphone to whoever types', async () => {
    const all = setUp();
    all.conversation.setDevices(plugged([DESK]));
    all.conversation.setPreferences({ microphone: HEADSET.id });
    await all.conversation.start({ microphone: false });
    await settle();
    expect(problems(all)).toEqual([]);
    expect(all.store.getState().hasMicrophone).toBe(false);
  });

  it('should leave devices alone that were closed meanwhile', async () => {
    const all = await withHeadset();
    all.conversation.setPreferences({ microphone: DESK.id });
    all.conversation.stop();
    await settle();
    expect(all.store.getState()).toMatchObject({ hasMicrophone: false, microphoneInUse: '' });
  });
});

describe('hearing', () => {
  it('should say after five seconds that nothing comes, and take it back with the first sound', async () => {
    const { audio, store } = await started();
    audio.hear(249);
    expect(store.getState().hearing).toBeNull();
    audio.hear(2);
    expect(store.getState().hearing).toBe('nothing');
    audio.hear(1, 9000);
    expect(store.getState().hearing).toBeNull();
  });

  it('should say nothing to whoever has muted the microphone', async () => {
    const { audio, store, conversation } = await started();
    audio.hear(300);
    conversation.setMuted(true);
    audio.hear(300);
    expect(store.getState().hearing).toBeNull();
  });

  it('should begin to count anew with another microphone', async () => {
    const { audio, store, conversation } = await started();
    audio.hear(300);
    audio.label = 'Another';
    conversation.setPreferences({ autoGain: false });
    await settle();
    audio.hear(200);
    expect(store.getState().hearing).toBeNull();
  });

  it('should say that no speech is found in the sound, until the server finds it', async () => {
    const { audio, server, store } = await started();
    audio.hear(310, 3000);
    expect(store.getState().hearing).toBe('wordless');
    server.say({ type: 'input_audio_buffer.speech_started', item_id: 'u1' });
    audio.hear(1, 3000);
    expect(store.getState().hearing).toBeNull();
  });
});
