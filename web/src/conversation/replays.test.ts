import { expect, it, vi } from 'vitest';

import type { OpenReplay } from '../audio/index.ts';
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
  const stop = vi.fn();
  const openReplay = vi.fn<OpenReplay>(() => Promise.resolve(stop));
  const replays = new Replays({ openReplay, speaker: () => 'headphones' });
  const heard = listener();
  const way = replays.tap(heard);
  const reply = (n: number, samples = 480): void => {
    way.onEvent(stream(n));
    way.onAudio({ responseNumber: n, sequence: 0, firstSample: 0, pcm: new Int16Array(samples).fill(n) });
  };
  return { replays, openReplay, stop, heard, way, reply };
}

it('should keep the sound of a reply, though whoever plays it gives its memory away', async () => {
  const { replays, openReplay, heard, reply } = setUp();
  heard.onAudio.mockImplementation(({ pcm }: { pcm: Int16Array }) => pcm.fill(0));
  reply(7);
  expect([...replays.state.kept]).toEqual(['a7']);
  await replays.play('a7');
  expect(replays.state.playing).toBe('a7');
  const [pieces, options] = openReplay.mock.calls[0] ?? [];
  expect(pieces?.[0]?.pcm[0]).toBe(7);
  expect(options?.speaker).toBe('headphones');
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
  expect([...replays.state.kept][0]).toBe('a6');
  expect(replays.state.kept.size).toBe(20);
  for (let n = 30; n <= 33; n += 1) reply(n, 10_000_000);
  expect([...replays.state.kept]).toEqual(['a32', 'a33']);
});

it.each([
  ['the user speaks', { type: 'input_audio_buffer.speech_started', item_id: 'u1' }],
  [
    'a reply starts',
    { type: 'response.created', response: { id: 'r2', status: 'in_progress', error: null } },
  ],
] as const)('should fall silent when %s', async (_, event) => {
  const { replays, stop, way, reply } = setUp();
  reply(1);
  await replays.play('a1');
  way.onEvent(event);
  expect(stop).toHaveBeenCalledOnce();
  expect(replays.state.playing).toBeNull();
});

it('should fall silent when the user holds the button to talk', async () => {
  const { replays, stop, reply } = setUp();
  reply(1);
  await replays.play('a1');
  replays.follow({ isHolding: true });
  expect(stop).toHaveBeenCalledOnce();
});

it('should play one at a time, and end what was not even begun', async () => {
  const { replays, stop, reply } = setUp();
  reply(1);
  reply(2);
  const first = replays.play('a1');
  const second = replays.play('a2');
  await Promise.all([first, second]);
  expect(stop).toHaveBeenCalledOnce();
  expect(replays.state.playing).toBe('a2');
});

it('should show that it is over, and that it could not be played', async () => {
  const { replays, openReplay, reply } = setUp();
  reply(1);
  await replays.play('a1');
  openReplay.mock.calls[0]?.[1].onEnded();
  expect(replays.state.playing).toBeNull();
  openReplay.mockRejectedValueOnce(new Error('no output'));
  await replays.play('a1');
  expect(replays.state.playing).toBeNull();
  await replays.play('unknown');
  expect(openReplay).toHaveBeenCalledTimes(2);
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
