/**
 * The shapes of the mouth over the replies that are being heard: told before the sound, read at the sample that is heard.
 *
 * A shape blends into the next over 70 ms around their border, or less where one of them is shorter, so that even the
 * shortest is reached once: lips that close are seen to close. Pure; reading allocates nothing.
 */
import { SAMPLE_RATE_HZ, VISEME_NAMES } from '../protocol/index.ts';
import type { ServerEvent } from '../protocol/index.ts';

type Visemes = Extract<ServerEvent, { readonly type: 'vivavoce.visemes' }>;

interface Track {
  /** Where each shape begins, its place in {@link VISEME_NAMES}, and how marked it is; the shape -1 is none. */
  readonly starts: number[];
  readonly shapes: number[];
  readonly weights: number[];
  /** The sample at which the last shape ends. */
  end: number;
  /** The shape that was read last: the next to be read is near. */
  at: number;
}

const BLEND_SAMPLES = 0.07 * SAMPLE_RATE_HZ;
/** Pieces of sound meet to within the rounding of their rates. */
const SEAM_SAMPLES = 0.005 * SAMPLE_RATE_HZ;
const NONE = -1;
const SILENCE = 0;
/** Replies remembered; more are never under way. */
const REMEMBERED = 8;
/** Some twenty minutes of speech. */
const MOST_SHAPES = 20_000;

/** See the module's docstring. */
export class LipTrack {
  readonly #tracks = new Map<string, Track>();

  /** How many replies are remembered. */
  get size(): number {
    return this.#tracks.size;
  }

  add({ item_id, first_sample, samples, visemes }: Visemes): void {
    const track = this.#tracks.get(item_id) ?? this.#begin(item_id);
    if (first_sample > track.end + SEAM_SAMPLES) push(track, track.end, NONE, 1);
    for (const { viseme, sample, weight } of visemes) {
      push(track, sample, VISEME_NAMES.indexOf(viseme), weight);
    }
    track.end = Math.max(track.end, first_sample + samples);
  }

  /** Lets go of a reply that is over. */
  forget(item: string): void {
    this.#tracks.delete(item);
  }

  reset(): void {
    this.#tracks.clear();
  }

  /**
   * Fills `weights`, one for each of {@link VISEME_NAMES}, with the mouth at a sample; false, with nothing filled, when it is
   * not known.
   */
  read(item: string, sample: number, weights: Float32Array): boolean {
    const track = this.#tracks.get(item);
    if (track === undefined || sample >= track.end) return false;
    const index = seek(track, sample);
    if ((track.shapes[index] ?? NONE) === NONE) return false;
    weights.fill(0);
    const start = startOf(track, index);
    const end = startOf(track, index + 1);
    const isEarly = sample < (start + end) / 2;
    const border = isEarly ? start : end;
    const neighbour = isEarly ? index - 1 : index + 1;
    const width = Math.min(BLEND_SAMPLES, end - start, lengthOf(track, neighbour));
    const mine = width === 0 ? 1 : smooth(0.5 + Math.abs(sample - border) / width);
    give(track, index, mine, weights);
    give(track, neighbour, 1 - mine, weights);
    return true;
  }

  #begin(item: string): Track {
    const track: Track = { starts: [], shapes: [], weights: [], end: 0, at: 0 };
    this.#tracks.set(item, track);
    if (this.#tracks.size > REMEMBERED) {
      for (const oldest of this.#tracks.keys()) {
        this.#tracks.delete(oldest);
        break;
      }
    }
    return track;
  }
}

function push(track: Track, start: number, shape: number, weight: number): void {
  const { starts, shapes, weights } = track;
  const last = starts.length - 1;
  if (starts.length >= MOST_SHAPES || start < (starts[last] ?? 0)) return;
  // The shape that a piece of sound begins with is often the one that the piece before it ended with.
  if (shapes[last] === shape && weights[last] === weight) return;
  if (starts[last] === start) {
    shapes[last] = shape;
    weights[last] = weight;
    return;
  }
  starts.push(start);
  shapes.push(shape);
  weights.push(weight);
}

/** The shape at a sample; -1 before the first. Walks from where it was last: playback goes forward. */
function seek(track: Track, sample: number): number {
  let { at } = track;
  while (at + 1 < track.starts.length && startOf(track, at + 1) <= sample) at += 1;
  while (at >= 0 && startOf(track, at) > sample) at -= 1;
  track.at = Math.max(0, at);
  return at;
}

function startOf(track: Track, index: number): number {
  return track.starts[index] ?? (index < 0 ? 0 : track.end);
}

/** Around the whole there is silence without end. */
function lengthOf(track: Track, index: number): number {
  if (index < 0 || index >= track.starts.length) return Infinity;
  return startOf(track, index + 1) - startOf(track, index);
}

function give(track: Track, index: number, share: number, weights: Float32Array): void {
  const known = track.shapes[index] ?? SILENCE;
  const shape = known === NONE ? SILENCE : known;
  weights[shape] = (weights[shape] ?? 0) + share * (track.weights[index] ?? 1);
}

function smooth(share: number): number {
  const x = Math.min(1, Math.max(0, share));
  return x * x * (3 - 2 * x);
}
