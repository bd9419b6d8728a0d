/**
 * From the sound of a moment to the heights of a picture: a wave, or bars by pitch.
 *
 * Everything is worked into arrays made once. Plain arithmetic: refuses to know canvas and screen.
 */

/** Bars from the lowest voice to the hiss of an s. */
export const BARS = 40;
const LOWEST_HZ = 80;
const HIGHEST_HZ = 9000;
/** Entries of a spectrum. */
export const BINS = 1024;
/** Bars rise at once and fall at this share of full height a second. */
const FALLS_PER_SECOND = 1.6;
const FALLS_PER_SECOND_CALM = 0.5;
const FULL = 255;

/** The wave of a moment, steadied, so that a held tone stands still instead of racing by. */
export class Wave {
  /** From -1 to 1, left to right. */
  readonly points: Float32Array;

  constructor(points: number) {
    this.points = new Float32Array(points);
  }

  /** Takes in twice as many samples or more. */
  take(samples: Float32Array): void {
    const { points } = this;
    const step = Math.max(1, Math.floor(samples.length / 2 / points.length));
    const start = risingStart(samples, samples.length - points.length * step);
    for (let index = 0; index < points.length; index += 1) {
      points[index] = samples[start + index * step] ?? 0;
    }
  }

  clear(): void {
    this.points.fill(0);
  }
}

/** Where the wave goes up through the middle for the first time; the beginning when it never does. */
function risingStart(samples: Float32Array, until: number): number {
  for (let index = 1; index < until; index += 1) {
    if ((samples[index - 1] ?? 0) < 0 && (samples[index] ?? 0) >= 0) return index;
  }
  return 0;
}

/** Bars of equal musical width, the loudest of the frequencies in each. */
export class Bars {
  /** From 0 to 1, low to high. */
  readonly heights: Float32Array = new Float32Array(BARS);
  readonly #edges = new Uint16Array(BARS + 1);
  #highestHz = 0;
  #isCalm = false;
  #isFlat = true;

  /** Whether no bar stands up. */
  get isFlat(): boolean {
    return this.#isFlat;
  }

  /** Bars that move less. */
  set isCalm(isCalm: boolean) {
    this.#isCalm = isCalm;
  }

  take(spectrum: Uint8Array, highestHz: number, seconds: number): void {
    if (highestHz !== this.#highestHz) this.#layOut(highestHz);
    const fall = (this.#isCalm ? FALLS_PER_SECOND_CALM : FALLS_PER_SECOND) * seconds;
    const rise = this.#isCalm ? 2 * seconds : 1;
    this.#isFlat = true;
    for (let bar = 0; bar < BARS; bar += 1) {
      const before = this.heights[bar] ?? 0;
      const now = this.#loudest(spectrum, bar) / FULL;
      const height = now > before ? Math.min(now, before + rise) : Math.max(now, before - fall);
      this.heights[bar] = height;
      if (height > 0) this.#isFlat = false;
    }
  }

  clear(): void {
    this.heights.fill(0);
    this.#isFlat = true;
  }

  #loudest(spectrum: Uint8Array, bar: number): number {
    const end = this.#edges[bar + 1] ?? 0;
    let loudest = 0;
    for (let bin = this.#edges[bar] ?? 0; bin < end; bin += 1)
      loudest = Math.max(loudest, spectrum[bin] ?? 0);
    return loudest;
  }

  #layOut(highestHz: number): void {
    this.#highestHz = highestHz;
    const octaves = Math.log2(HIGHEST_HZ / LOWEST_HZ);
    let last = 0;
    for (let edge = 0; edge <= BARS; edge += 1) {
      const hz = LOWEST_HZ * 2 ** ((octaves * edge) / BARS);
      // Low bars are narrower than what a spectrum tells apart: each gets at least one entry of its own.
      last = Math.min(BINS, Math.max(edge === 0 ? 0 : last + 1, Math.round((hz / highestHz) * BINS)));
      this.#edges[edge] = last;
    }
  }
}
