/**
 * The lips' visemes at one moment: from the reply's timeline, else from its sound.
 *
 * The timeline comes from the synthesiser and is exact. Where there is none the sound itself has to do: how loud it is
 * opens the mouth, and where its energy lies tells round vowels from wide ones and from hissing. `@met4citizen/headaudio`
 * tells all fifteen visemes from sound and was considered; it is left out because it wants a node in the audio graph, which
 * the audio layer owns and closes, because it hears 50 to 100 ms late by its own account, which is more than the 40 ms that
 * lips may be off, and because its model knows English only. Loudness and four bands are 15 ms late, cost 2,000
 * multiplications a frame, and know no language.
 */
import { VISEMES } from '../feed.ts';
import type { FaceFeed } from '../feed.ts';
import { approach, clamp, smoothstep } from './easing.ts';
import type { Pose } from './pose.ts';

const SAMPLES = 512;
/** What browsers play at; at 44.1 kHz the bands lie a little lower, which changes nothing that can be seen. */
const SAMPLE_HZ = 48_000;
/** The middle of voicing, of an open vowel, of a front vowel, and of hissing. */
const BANDS_HZ = [300, 800, 2200, 5500] as const;
const TURNS: readonly number[] = BANDS_HZ.map((hz) => 2 * Math.cos((2 * Math.PI * hz) / SAMPLE_HZ));
/** Higher bands of speech are weaker; these bring them to the same height. */
const LIFTS = [1, 1.6, 3.6, 6] as const;

const QUIET = 0.006;
const LOUD = 0.16;

/** Lips are quick, but not without weight. */
const OPEN_SECONDS = 0.03;
const CLOSE_SECONDS = 0.055;
const TIMELINE_SECONDS = 0.018;

const AT_VISEME = Object.fromEntries(VISEMES.map((name, index) => [name, index])) as Record<
  (typeof VISEMES)[number],
  number
>;

export class Lips {
  /** 0 to 1: how loud the reply is now; emphasis goes by it. */
  loudness = 0;
  readonly #goal = new Float32Array(VISEMES.length);
  readonly #shown = new Float32Array(VISEMES.length);
  readonly #samples = new Float32Array(SAMPLES);
  readonly #bands = new Float32Array(BANDS_HZ.length);

  /** Moves on by `seconds` and writes the visemes. */
  apply(pose: Pose, feed: FaceFeed, seconds: number): void {
    const sounds = feed.readReply(this.#samples);
    const level = sounds ? loudnessOf(this.#samples) : 0;
    this.loudness += (level - this.loudness) * approach(seconds, level > this.loudness ? 0.03 : 0.12);
    const isExact = feed.readVisemes(this.#goal);
    if (!isExact) this.#listen(level);
    for (let index = 0; index < VISEMES.length; index += 1) {
      const goal = this.#goal[index] ?? 0;
      const shown = this.#shown[index] ?? 0;
      const settle = isExact ? TIMELINE_SECONDS : goal > shown ? OPEN_SECONDS : CLOSE_SECONDS;
      const next = shown + (goal - shown) * approach(seconds, settle);
      this.#shown[index] = next;
      pose[index] = next;
    }
  }

  #listen(level: number): void {
    this.#goal.fill(0);
    if (level <= 0.01) {
      this.#goal[AT_VISEME.sil] = 1;
      return;
    }
    measureBands(this.#samples, this.#bands);
    visemesOf(this.#bands, level, this.#goal);
  }
}

/** How loud samples sound, 0 to 1, on the ear's scale. */
export function loudnessOf(samples: Float32Array): number {
  let sum = 0;
  // By index: this runs in every frame, over all samples.
  // eslint-disable-next-line @typescript-eslint/prefer-for-of
  for (let index = 0; index < samples.length; index += 1) sum += (samples[index] ?? 0) ** 2;
  const level = Math.sqrt(sum / samples.length);
  if (level <= QUIET) return 0;
  return clamp(Math.log(level / QUIET) / Math.log(LOUD / QUIET), 0, 1);
}

/** The energy around four frequencies, by Goertzel's filter. */
export function measureBands(samples: Float32Array, bands: Float32Array): void {
  for (let band = 0; band < TURNS.length; band += 1) {
    const turn = TURNS[band] ?? 0;
    let last = 0;
    let older = 0;
    // eslint-disable-next-line @typescript-eslint/prefer-for-of -- as above
    for (let index = 0; index < samples.length; index += 1) {
      const next = (samples[index] ?? 0) + turn * last - older;
      older = last;
      last = next;
    }
    const power = Math.max(0, last * last + older * older - turn * last * older);
    bands[band] = (Math.sqrt(power) * (LIFTS[band] ?? 1)) / samples.length;
  }
}

/** The mouth for a loudness and its bands: round, open, wide or hissing. */
export function visemesOf(bands: Float32Array, level: number, goal: Float32Array): void {
  const [low = 0, open = 0, front = 0, hiss = 0] = bands;
  const whole = low + open + front + hiss + 1e-6;
  const hissing = smoothstep(0.34, 0.6, hiss / whole);
  const voiced = (1 - hissing) * smoothstep(0.02, 0.3, level);
  const rest = low + open + front + 1e-6;
  const round = smoothstep(0.5, 0.85, low / rest);
  const wide = smoothstep(0.24, 0.5, front / rest) * (1 - round);
  const size = 0.35 + 0.65 * level;
  goal[AT_VISEME.SS] = hissing * smoothstep(0.03, 0.3, level) * 0.9;
  goal[AT_VISEME.U] = voiced * round * size * 0.55;
  goal[AT_VISEME.O] = voiced * round * size * 0.35;
  goal[AT_VISEME.I] = voiced * wide * size * 0.55;
  goal[AT_VISEME.E] = voiced * wide * size * 0.45;
  goal[AT_VISEME.aa] = voiced * (1 - round - wide) * size;
  goal[AT_VISEME.sil] = clamp(1 - level * 3, 0, 1);
}
