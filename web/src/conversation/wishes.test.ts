import { expect, it } from 'vitest';

import { INITIAL_PREFERENCES, INITIAL_STATE } from '../state/index.ts';
import type { Preferences } from '../state/index.ts';
import { concernsSession, Wishes } from './wishes.ts';

const WITH_SOUND = { hasSound: true };

function preferring(preferences: Partial<Preferences>) {
  return { ...INITIAL_STATE, preferences: { ...INITIAL_PREFERENCES, ...preferences } };
}

it('should leave the voice to the server until one was chosen', () => {
  expect(new Wishes().settings(preferring({}), WITH_SOUND)).not.toHaveProperty('session.audio.output.voice');
});

it('should give the voice back to the character, and begin anew with each session', () => {
  const wishes = new Wishes();
  const voice = 'session.audio.output.voice';
  expect(wishes.settings(preferring({ voice: 'heart' }), WITH_SOUND)).toHaveProperty(voice, 'heart');
  expect(wishes.settings(preferring({}), WITH_SOUND)).toHaveProperty(voice, 'default');
  wishes.begin();
  expect(wishes.settings(preferring({}), WITH_SOUND)).not.toHaveProperty(voice);
});

it.each([
  [{ voice: 'heart' }, true],
  [{ speed: 1.2 }, true],
  [{ eagerness: 'low' }, true],
  [{ bargeIn: false }, true],
  [{ speech: 'auto' }, true],
  [{ theme: 'dark' }, false],
  [{ face: 'none' }, false],
  [{ greeting: false }, false],
] as const)('should tell the server of %o: %s', (change, isTold) => {
  expect(concernsSession(INITIAL_PREFERENCES, { ...INITIAL_PREFERENCES, ...change })).toBe(isTold);
});
