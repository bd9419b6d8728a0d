import { describe, expect, it } from 'vitest';

import { isAway, isAwaitingSpeech, soundChoice } from './devices.ts';
import type { SoundDevices } from './devices.ts';
import { INITIAL_PREFERENCES, INITIAL_STATE } from './model.ts';
import type { ConversationState } from './model.ts';

const DEVICES: SoundDevices = {
  microphones: [{ id: 'desk', label: 'Desk microphone' }],
  speakers: [{ id: 'hall', label: 'Hall speakers' }],
  areNamed: true,
  canChooseSpeaker: true,
};

function chosen(microphone: string, speaker: string, devices = DEVICES): ConversationState {
  return { ...INITIAL_STATE, devices, preferences: { ...INITIAL_PREFERENCES, microphone, speaker } };
}

describe('the devices to use', () => {
  it.each([
    ['those that were chosen', chosen('desk', 'hall'), 'desk', 'hall'],
    ['the default in place of those that are away', chosen('headset', 'radio'), '', ''],
    ['the default where none was chosen', chosen('', ''), '', ''],
    [
      'those chosen while no names are told',
      chosen('headset', 'radio', { ...DEVICES, areNamed: false }),
      'headset',
      'radio',
    ],
    [
      'the default speaker where there is no choice',
      chosen('desk', 'hall', { ...DEVICES, canChooseSpeaker: false }),
      'desk',
      '',
    ],
  ])('should be %s', (_, state, microphone, speaker) => {
    expect(soundChoice(state)).toMatchObject({ microphone, speaker });
  });

  it('should be away only when they were chosen and are not listed', () => {
    expect(isAway(chosen('headset', 'hall'), 'microphone')).toBe(true);
    expect(isAway(chosen('headset', 'hall'), 'speaker')).toBe(false);
    expect(isAway(chosen('', ''), 'microphone')).toBe(false);
  });
});

describe('awaiting speech', () => {
  const OPEN: ConversationState = {
    ...INITIAL_STATE,
    phase: 'running',
    connection: { kind: 'online' },
    hasMicrophone: true,
    turn: 'listening',
  };
  const PUSH: Partial<ConversationState> = { preferences: { ...INITIAL_PREFERENCES, mode: 'push-to-talk' } };

  it.each([
    [true, 'when nobody speaks', {}],
    [true, 'while the button is held', { ...PUSH, isHolding: true }],
    [false, 'before the button is held', PUSH],
    [false, 'while muted', { isMuted: true }],
    [false, 'while a reply is under way', { turn: 'speaking' }],
    [false, 'without a microphone', { hasMicrophone: false }],
    [false, 'without a server', { connection: { kind: 'connecting' } }],
    [false, 'before the start', { phase: 'stopped' }],
  ] as const)('should be %s %s', (expected, _, change) => {
    expect(isAwaitingSpeech({ ...OPEN, ...change })).toBe(expected);
  });
});
