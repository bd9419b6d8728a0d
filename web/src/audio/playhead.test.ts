import { describe, expect, it } from 'vitest';

import { JitterBuffer } from './jitter-buffer.ts';
import { PaceKeeper } from './playhead-pace.ts';
import type { Pace } from './playhead-pace.ts';
import { OutputClock, PlayClock } from './playhead.ts';

const HZ = 24_000;
const BLOCK = 120;

/** A loudspeaker without a device: plays blocks of 5 ms, and what is heard of them is asked of the clock. */
function loudspeaker() {
  const buffer = new JitterBuffer({ prefetchSamples: 0, maxPrefetchSamples: 0, capacitySamples: HZ * 60 });
  const keeper = new PaceKeeper(HZ);
  const clock = new PlayClock(HZ);
  const told: Pace[] = [];
  let blocks = 0;
  return {
    buffer,
    clock,
    told,
    queue: (item: string, samples: number, firstSample = 0) =>
      buffer.push({ item, firstSample, pcm: new Int16Array(samples).fill(1000) }),
    play: (count: number) => {
      for (let block = 0; block < count; block += 1) {
        const filled = buffer.read(new Float32Array(BLOCK));
        buffer.takeEnded();
        const startsAt = (blocks * BLOCK) / HZ;
        const pace = keeper.note({ head: buffer.head, filled, asked: BLOCK, startsAt });
        if (pace !== null) {
          told.push(pace);
          clock.learn(pace);
        }
        blocks += 1;
      }
    },
  };
}

function heard(clock: PlayClock, milliseconds: number) {
  const sounding = clock.at(milliseconds / 1000);
  return sounding && { ...sounding, sample: Math.round(sounding.sample) };
}

describe('the sample that is heard', () => {
  it('should be none before anything was played and after everything was', () => {
    const { clock, buffer, queue, play } = loudspeaker();
    expect(clock.at(0)).toBeNull();
    play(2);
    queue('a', 4 * BLOCK);
    buffer.finish('a');
    play(8);
    expect(heard(clock, 8)).toBeNull();
    expect(heard(clock, 29)).toMatchObject({ item: 'a', sample: 456 });
    expect(heard(clock, 31)).toBeNull();
  });

  it('should be exact between two pieces of news, and told seldom', () => {
    const { clock, queue, play, told } = loudspeaker();
    queue('a', HZ);
    play(100);
    expect(heard(clock, 217)).toEqual({ item: 'a', sample: 217 * 24, isMoving: true });
    expect(told.length).toBeLessThan(16);
  });

  it('should stand still while a reply is held, at the sample where it was', () => {
    const { clock, buffer, queue, play } = loudspeaker();
    queue('a', HZ);
    play(10);
    buffer.setHeld('a', true);
    play(10);
    buffer.setHeld('a', false);
    play(10);
    expect(heard(clock, 40)).toEqual({ item: 'a', sample: 960, isMoving: true });
    expect(heard(clock, 75)).toEqual({ item: 'a', sample: 1200, isMoving: false });
    expect(heard(clock, 110)).toEqual({ item: 'a', sample: 1440, isMoving: true });
  });

  it('should stand still where the sound ran out in the middle of a block, until more has come', () => {
    const { clock, queue, play } = loudspeaker();
    queue('a', 300);
    play(4);
    queue('a', HZ, 300);
    play(10);
    expect(heard(clock, 18)).toEqual({ item: 'a', sample: 300, isMoving: false });
    expect(heard(clock, 30)).toEqual({ item: 'a', sample: 540, isMoving: true });
  });

  it('should go from one reply to the next within a block', () => {
    const { clock, queue, play } = loudspeaker();
    queue('a', 300);
    queue('b', HZ);
    play(20);
    expect(heard(clock, 12)).toMatchObject({ item: 'a', sample: 288 });
    expect(heard(clock, 20)).toMatchObject({ item: 'b', sample: 180 });
  });

  it('should never go back within a reply, also where clocks differ', () => {
    const clock = new PlayClock(HZ);
    clock.learn({ item: 'a', sample: 0, at: 0, isMoving: true });
    clock.learn({ item: 'a', sample: 2400, at: 0.1, isMoving: true });
    expect(heard(clock, 150)?.sample).toBe(3600);
    clock.learn({ item: 'a', sample: 3550, at: 0.15, isMoving: true });
    expect(heard(clock, 151)?.sample).toBe(3600);
    expect(heard(clock, 160)?.sample).toBe(3790);
  });

  it('should not run on when the audio thread says nothing any more', () => {
    const clock = new PlayClock(HZ);
    clock.learn({ item: 'a', sample: 0, at: 0, isMoving: true });
    expect(heard(clock, 5000)?.sample).toBe(6000);
  });

  it('should be known for as long as the slowest output takes', () => {
    const { clock, queue, play } = loudspeaker();
    queue('a', 4 * HZ);
    play(700);
    expect(heard(clock, 1500)).toMatchObject({ item: 'a', sample: 36_000 });
  });
});

describe('the time that is heard', () => {
  const context = {
    state: 'running',
    currentTime: 10,
    outputLatency: 0.2,
    baseLatency: 0.01,
    stamp: { contextTime: 9.9, performanceTime: 5000 },
    asked: 0,
    getOutputTimestamp() {
      this.asked += 1;
      return this.stamp;
    },
  };

  function clockOf(changes: Partial<Record<keyof typeof context, unknown>>) {
    const page = { now: 5010 };
    const of = { ...context, ...changes };
    return { page, of, clock: new OutputClock(of as unknown as AudioContext, () => page.now) };
  }

  it('should be what the browser says is at the device, going on with the page’s clock', () => {
    const { page, of, clock } = clockOf({});
    expect(clock.seconds).toBeCloseTo(9.91, 6);
    page.now = 5060;
    expect(clock.seconds).toBeCloseTo(9.96, 6);
    expect(of.asked).toBe(1);
    page.now = 5200;
    expect(clock.seconds).toBeCloseTo(10.1, 6);
    expect(of.asked).toBe(2);
  });

  it.each([
    ['nothing yet', { contextTime: 0, performanceTime: 0 }],
    ['nonsense', { contextTime: 400, performanceTime: 5000 }],
    ['no numbers', {}],
  ])('should be later than what is played by the output’s latency when the browser says %s', (_, stamp) => {
    expect(clockOf({ stamp }).clock.seconds).toBeCloseTo(9.8, 6);
    expect(clockOf({ stamp, outputLatency: undefined }).clock.seconds).toBeCloseTo(9.99, 6);
  });

  it('should stand still while the context does', () => {
    const { page, clock } = clockOf({ state: 'suspended' });
    page.now = 9000;
    expect(clock.seconds).toBeCloseTo(9.8, 6);
  });
});
