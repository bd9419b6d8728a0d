import { expect, it, vi } from 'vitest';

import type { ServerEvent } from '../protocol/index.ts';
import { Replays } from './replays.ts';

const listener = () => ({ onEvent: vi.fn(), onAudio: vi.fn(), onMalformed: vi.fn(), onClose: vi.fn() });

function stream(n: number): ServerEvent {
  return {
    type: 'vivavoce.audio.stream',
    response_number: n,
    response_id: `r${n}`,
    item_id: `a${n}`,
    content_index: 0,
    sample_rate_hz: 24_000,
  };
}

function setUp() {
  const onTurn = vi.fn();
  const replays = new Replays({ onTurn });
  const heard = listener();
  const way = replays.tap(heard);
  const reply = (n: number, samples = 480): void => {
    way.onEvent(stream(n));
    way.onAudio({ responseNumber: n, sequence: 0, firstSample: 0, pcm: new Int16Array(samples).fill(n) });
  };
  return { replays, onTurn, heard, way, reply };
}

it('should keep the sound of a reply, though whoever plays it gives its memory away', () => {
  const { replays, heard, reply } = setUp();
  heard.onAudio.mockImplementation(({ pcm }: { pcm: Int16Array }) => pcm.fill(0));
  reply(8192);
  expect([...replays.kept]).toEqual(['a8192']);
  const sound = replays.soundOf('a8192');
  expect([sound?.sampleRateHz, sound?.samples.length, sound?.samples[479]]).toEqual([24_000, 480, 0.25]);
  expect(replays.soundOf('unknown')).toBeNull();
});

it('should put every piece where it belongs, and silence where one is missing', () => {
  const { replays, way, reply } = setUp();
  reply(8192, 2);
  way.onAudio({ responseNumber: 8192, sequence: 2, firstSample: 4, pcm: new Int16Array(1).fill(-16_384) });
  expect([...(replays.soundOf('a8192')?.samples ?? [])]).toEqual([0.25, 0.25, 0, 0, -0.5]);
});

it('should pass all on to who listens', () => {
  const { heard, way, reply } = setUp();
  reply(1);
  way.onMalformed('?');
  way.onClose('gone');
  expect(
    [heard.onEvent, heard.onAudio, heard.onMalformed, heard.onClose].map((each) => each.mock.calls.length),
  ).toEqual([1, 1, 1, 1]);
});

it('should keep the last twenty, and of long ones fewer', () => {
  const { replays, reply } = setUp();
  for (let n = 1; n <= 25; n += 1) reply(n);
  expect([...replays.kept][0]).toBe('a6');
  expect(replays.kept.size).toBe(20);
  for (let n = 30; n <= 33; n += 1) reply(n, 10_000_000);
  expect([...replays.kept]).toEqual(['a32', 'a33']);
});

it('should keep nothing of what is another user’s', () => {
  const { replays, reply } = setUp();
  reply(1);
  replays.forget();
  expect([replays.kept.size, replays.soundOf('a1')]).toEqual([0, null]);
});

it.each([
  ['the user speaks', { type: 'input_audio_buffer.speech_started', item_id: 'u1' }],
  [
    'a reply starts',
    { type: 'response.created', response: { id: 'r2', status: 'in_progress', error: null } },
  ],
  // Something may have been played while it was thought of.
  ['a reply is to be heard', stream(2)],
] as const)('should say when %s, for nothing is to sound beside it', (_, event) => {
  const { onTurn, way } = setUp();
  way.onEvent(event);
  expect(onTurn).toHaveBeenCalledOnce();
});

it('should tell who watches, until they stop', () => {
  const { replays, reply } = setUp();
  const seen = vi.fn();
  const end = replays.subscribe(seen);
  reply(1);
  end();
  reply(2);
  expect(seen).toHaveBeenCalledOnce();
});
