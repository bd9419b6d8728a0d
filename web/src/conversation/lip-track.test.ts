import { describe, expect, it } from 'vitest';

import { VISEME_NAMES } from '../protocol/index.ts';
import type { VisemeName } from '../protocol/index.ts';
import { LipTrack } from './lip-track.ts';

const MS = 24;

/** Shapes of an item, each with the millisecond at which it begins; the last ends at `until`. */
function told(
  track: LipTrack,
  shapes: readonly (readonly [VisemeName, number, number?])[],
  until: number,
  item = 'a',
): void {
  const first = shapes[0]?.[1] ?? 0;
  track.add({
    type: 'vivavoce.visemes',
    response_id: 'r',
    item_id: item,
    first_sample: first * MS,
    samples: (until - first) * MS,
    visemes: shapes.map(([viseme, at, weight = 1]) => ({ viseme, sample: at * MS, weight })),
  });
}

/** The shapes at a millisecond, those that are there at all. */
function mouth(
  track: LipTrack,
  milliseconds: number,
  item = 'a',
): Partial<Record<VisemeName, number>> | null {
  const weights = new Float32Array(VISEME_NAMES.length).fill(7);
  if (!track.read(item, milliseconds * MS, weights)) {
    expect(weights.every((weight) => weight === 7)).toBe(true);
    return null;
  }
  const entries = VISEME_NAMES.map(
    (name, index) => [name, Number((weights[index] ?? 0).toFixed(3))] as const,
  );
  return Object.fromEntries(entries.filter(([, weight]) => weight > 0));
}

describe('the mouth of a reply', () => {
  it('should be one shape in its middle, and half of two at their border', () => {
    const track = new LipTrack();
    told(
      track,
      [
        ['PP', 0],
        ['aa', 100, 0.8],
      ],
      300,
    );
    expect(mouth(track, 50)).toEqual({ PP: 1 });
    expect(mouth(track, 100)).toEqual({ PP: 0.5, aa: 0.4 });
    expect(mouth(track, 200)).toEqual({ aa: 0.8 });
  });

  it('should go from shape to shape within 70 ms, smoothly', () => {
    const track = new LipTrack();
    told(
      track,
      [
        ['PP', 0],
        ['aa', 100],
      ],
      300,
    );
    expect(mouth(track, 64)).toEqual({ PP: 1 });
    expect(mouth(track, 136)).toEqual({ aa: 1 });
    const opening = Array.from({ length: 71 }, (_, at) => mouth(track, 65 + at)?.aa ?? 0);
    const steps = opening.slice(1).map((weight, index) => weight - (opening[index] ?? 0));
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...steps)).toBeLessThan(0.03);
  });

  it('should reach the shortest shape once', () => {
    const track = new LipTrack();
    told(
      track,
      [
        ['aa', 0],
        ['PP', 100],
        ['aa', 120],
      ],
      300,
    );
    expect(mouth(track, 110)).toEqual({ PP: 1 });
  });

  it('should come from silence and go back to it', () => {
    const track = new LipTrack();
    told(track, [['aa', 0]], 200);
    expect(mouth(track, 0)).toEqual({ sil: 0.5, aa: 0.5 });
    expect(mouth(track, 199)?.sil).toBeGreaterThan(0.4);
    expect(mouth(track, 200)).toBeNull();
  });

  it('should go on over the seam of two pieces as if there were none', () => {
    const whole = new LipTrack();
    told(
      whole,
      [
        ['PP', 0],
        ['aa', 100],
      ],
      400,
    );
    const pieces = new LipTrack();
    told(
      pieces,
      [
        ['PP', 0],
        ['aa', 100],
      ],
      200,
    );
    told(pieces, [['aa', 200]], 400);
    for (let at = 0; at < 400; at += 7) expect(mouth(pieces, at)).toEqual(mouth(whole, at));
  });

  it('should be unknown where nothing was told of the sound', () => {
    const track = new LipTrack();
    told(track, [['aa', 0]], 100);
    told(track, [['E', 300]], 400);
    expect(mouth(track, 50)).not.toBeNull();
    expect(mouth(track, 200)).toBeNull();
    expect(mouth(track, 350)).toEqual({ E: 1 });
    expect(mouth(track, 50, 'b')).toBeNull();
  });

  it('should be found wherever playback is, backwards too', () => {
    const track = new LipTrack();
    told(
      track,
      [
        ['PP', 0],
        ['aa', 100],
        ['E', 200],
        ['O', 300],
      ],
      400,
    );
    expect([350, 50, 250, 150].map((at) => mouth(track, at))).toEqual([
      { O: 1 },
      { PP: 1 },
      { E: 1 },
      { aa: 1 },
    ]);
  });

  it('should be let go of with its reply, and of all but the latest replies', () => {
    const track = new LipTrack();
    for (let item = 0; item < 20; item += 1) told(track, [['aa', 0]], 100, `a${item}`);
    expect(track.size).toBe(8);
    expect(mouth(track, 50, 'a11')).toBeNull();
    expect(mouth(track, 50, 'a19')).not.toBeNull();
    track.forget('a19');
    expect(mouth(track, 50, 'a19')).toBeNull();
    track.reset();
    expect(track.size).toBe(0);
  });
});
