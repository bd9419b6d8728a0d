// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { makeParts } from './parts.ts';

/** Plays without an end. */
class FakeContext {
  readonly destination = {};
  resume = (): Promise<void> => Promise.resolve();
  close = (): Promise<void> => Promise.resolve();
  decodeAudioData = (): Promise<object> => Promise.resolve({ length: 1 });
  createBufferSource = (): object => ({
    connect: vi.fn(),
    addEventListener: vi.fn(),
    start: vi.fn(),
  });
}

beforeEach(() => {
  vi.stubGlobal('AudioContext', FakeContext);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it('should let nobody speak, and nothing be tested, beside a sound that the user asked for', async () => {
  const { sideSound, conversation, check } = makeParts();
  const makeWay = vi.spyOn(conversation, 'makeWay');
  const stop = vi.spyOn(check, 'stop');
  void sideSound.play('entry e1', () => Promise.resolve(new Blob(['x'])));
  await vi.waitFor(() => {
    expect(sideSound.state.kind).toBe('playing');
  });
  expect(makeWay).toHaveBeenCalledOnce();
  expect(stop).toHaveBeenCalledOnce();
  sideSound.stop();
});
