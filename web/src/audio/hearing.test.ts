import { describe, expect, it } from 'vitest';

import { Hearing } from './hearing.ts';
import type { Moment, Trouble } from './hearing.ts';
import { loudnessOfFloats, loudnessOfPcm } from './loudness.ts';

const FRAME_SECONDS = 0.02;
const FRAME_SAMPLES = 480;

type Sound = Partial<Omit<Moment, 'loudness' | 'seconds'>> & {
  readonly db?: number;
  readonly clipped?: number;
};

/** Plays a sound for some time; returns the trouble at its end. */
function play(
  hearing: Hearing,
  seconds: number,
  { db = -70, clipped = 0, ...moment }: Sound,
): Trouble | null {
  let trouble: Trouble | null = null;
  for (let frame = 0; frame < Math.round(seconds / FRAME_SECONDS); frame += 1) {
    trouble = hearing.hear({
      isAwaited: true,
      isBlocked: false,
      isJudged: true,
      ...moment,
      loudness: { rmsDb: db, clipped, samples: FRAME_SAMPLES },
      seconds: FRAME_SECONDS,
    });
  }
  return trouble;
}

const SPEECH: Sound = { db: -25 };
const ZEROS: Sound = { db: -Infinity };
const FAINT: Sound = { db: -68 };

describe('silence', () => {
  it.each([
    ['nothing but zeros', ZEROS, 'nothing'],
    ['next to nothing', FAINT, 'faint'],
    ['a track that the system keeps silent', { ...ZEROS, isBlocked: true }, 'blocked'],
  ] as const)('should be told after five seconds of %s, not before', (_, sound, trouble) => {
    const hearing = new Hearing();
    expect(play(hearing, 4.9, sound)).toBeNull();
    expect(play(hearing, 0.2, sound)).toBe(trouble);
  });

  it('should be over with the first sound', () => {
    const hearing = new Hearing();
    play(hearing, 6, FAINT);
    expect(play(hearing, FRAME_SECONDS, SPEECH)).toBeNull();
  });

  it('should not count while nobody is expected to speak', () => {
    const hearing = new Hearing();
    expect(play(hearing, 60, { ...ZEROS, isAwaited: false })).toBeNull();
    expect(play(hearing, 4, ZEROS)).toBeNull();
  });

  it('should let a user who was heard think for as long as they like', () => {
    const hearing = new Hearing();
    play(hearing, 2, SPEECH);
    expect(play(hearing, 120, FAINT)).toBeNull();
  });

  it('should still tell of a microphone that was heard and then gives nothing at all', () => {
    const hearing = new Hearing();
    play(hearing, 2, SPEECH);
    expect(play(hearing, 19, ZEROS)).toBeNull();
    expect(play(hearing, 2, ZEROS)).toBe('nothing');
  });

  it('should begin anew with another microphone', () => {
    const hearing = new Hearing();
    play(hearing, 2, SPEECH);
    play(hearing, 4, ZEROS);
    hearing.reset();
    expect(play(hearing, 4, FAINT)).toBeNull();
    expect(play(hearing, 2, FAINT)).toBe('faint');
  });
});

describe('sound without words', () => {
  it('should be told when it lasts and nobody finds speech in it', () => {
    const hearing = new Hearing();
    expect(play(hearing, 5.9, SPEECH)).toBeNull();
    expect(play(hearing, 0.2, SPEECH)).toBe('wordless');
  });

  it('should be over when speech is found', () => {
    const hearing = new Hearing();
    play(hearing, 7, SPEECH);
    hearing.understood();
    expect(play(hearing, 3, SPEECH)).toBeNull();
  });

  it('should not add up over sounds with pauses between them', () => {
    const hearing = new Hearing();
    for (let round = 0; round < 20; round += 1) {
      play(hearing, 1, SPEECH);
      expect(play(hearing, 2, FAINT)).toBeNull();
    }
  });

  it('should not be told where nobody looks for speech', () => {
    expect(play(new Hearing(), 30, { ...SPEECH, isJudged: false })).toBeNull();
  });
});

describe('clipping', () => {
  const LOUD: Sound = { db: -3, clipped: 20 };

  it('should be told after a third of a second of distortion, and go away by itself', () => {
    const hearing = new Hearing();
    expect(play(hearing, 0.2, LOUD)).toBeNull();
    expect(play(hearing, 0.2, LOUD)).toBe('clipping');
    expect(play(hearing, 3.9, { db: -25, isJudged: false })).toBe('clipping');
    expect(play(hearing, 0.2, { db: -25, isJudged: false })).toBeNull();
  });

  it('should not be told for single clicks', () => {
    const hearing = new Hearing();
    for (let second = 0; second < 60; second += 1) {
      play(hearing, FRAME_SECONDS, { ...LOUD, isJudged: false });
      expect(play(hearing, 0.98, { db: -40, isJudged: false })).toBeNull();
    }
  });

  it('should be told of a reply under way too, where silence is not', () => {
    expect(play(new Hearing(), 1, { ...LOUD, isAwaited: false })).toBe('clipping');
  });
});

describe('loudness', () => {
  it('should be the same for both shapes of a sample', () => {
    const floats = Float32Array.from({ length: 480 }, (_, index) => 0.5 * Math.sin(index / 7));
    const pcm = Int16Array.from(floats, (value) => Math.round(value * 32_768));
    expect(loudnessOfPcm(pcm).rmsDb).toBeCloseTo(loudnessOfFloats(floats).rmsDb, 2);
    expect(loudnessOfFloats(floats).rmsDb).toBeCloseTo(-9, 0);
  });

  it('should be less than any number for zeros, and count what is cut off', () => {
    expect(loudnessOfPcm(new Int16Array(480)).rmsDb).toBe(-Infinity);
    expect(loudnessOfPcm(Int16Array.of(32_767, -32_768, 100)).clipped).toBe(2);
    expect(loudnessOfFloats(Float32Array.of(1, -1, 0.99)).clipped).toBe(2);
  });
});
