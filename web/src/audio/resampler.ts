/**
 * Changes the sample rate of a stream by windowed-sinc interpolation.
 *
 * Each output sample is the sum of its neighbours weighted by a sinc under a Kaiser window; going down, the sinc is
 * widened so that what the lower rate cannot carry is taken out first. Method: J. O. Smith, "Digital Audio
 * Resampling" (CCRMA), with the kernel tabulated and interpolated linearly between its phases.
 */

/** Zero crossings of the sinc on each side; 16 keep aliases 70 dB down at a transition band of a tenth. */
const ZERO_CROSSINGS = 16;
const PHASES = 256;
const KAISER_BETA = 8;
/** Share of the narrower band that passes; the rest is the filter's slope. */
const PASS_BAND = 0.92;
const INITIAL_CAPACITY = 4096;

/** Holds the tail of one stream; one for each stream. */
export class Resampler {
  /** Input samples per output sample. */
  readonly #step: number;
  readonly #halfWidth: number;
  readonly #kernel: Float32Array;
  #buffer = new Float32Array(INITIAL_CAPACITY);
  #length: number;
  /** Where in the buffer the next output sample lies. */
  #position: number;

  constructor(inputHz: number, outputHz: number) {
    this.#step = inputHz / outputHz;
    const cutoff = inputHz === outputHz ? 1 : PASS_BAND * Math.min(1, outputHz / inputHz);
    this.#halfWidth = Math.ceil(ZERO_CROSSINGS / cutoff);
    this.#kernel = tabulate(cutoff, this.#halfWidth);
    // The stream is taken to begin after silence as long as half the kernel.
    this.#length = this.#halfWidth;
    this.#position = this.#halfWidth;
  }

  /** How many more input samples {@link pull} needs to make `count` output samples. */
  needed(count: number): number {
    if (count === 0) return 0;
    const last = Math.floor(this.#position + (count - 1) * this.#step);
    return Math.max(0, last + this.#halfWidth + 1 - this.#length);
  }

  /** Takes in the next samples of the stream. */
  push(input: Float32Array): void {
    this.#dropUsed();
    if (this.#length + input.length > this.#buffer.length) {
      const larger = new Float32Array(2 * (this.#length + input.length));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(input, this.#length);
    this.#length += input.length;
  }

  /** Writes as many output samples as `out` holds and the input allows; returns how many. */
  pull(out: Float32Array): number {
    let made = 0;
    while (made < out.length && Math.floor(this.#position) + this.#halfWidth < this.#length) {
      out[made] = this.#interpolate(this.#position);
      this.#position += this.#step;
      made += 1;
    }
    return made;
  }

  #interpolate(position: number): number {
    const whole = Math.floor(position);
    const phase = (position - whole) * PHASES;
    const row = Math.floor(phase);
    const weight = phase - row;
    const taps = 2 * this.#halfWidth;
    const first = whole - this.#halfWidth + 1;
    const near = row * taps;
    const far = near + taps;
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      const low = this.#kernel[near + tap] ?? 0;
      const high = this.#kernel[far + tap] ?? 0;
      sum += (this.#buffer[first + tap] ?? 0) * (low + weight * (high - low));
    }
    return sum;
  }

  #dropUsed(): void {
    const used = Math.min(this.#length, Math.floor(this.#position) - this.#halfWidth);
    if (used <= 0) return;
    this.#buffer.copyWithin(0, used, this.#length);
    this.#length -= used;
    this.#position -= used;
  }
}

/** One row of weights for each phase from 0 to 1 inclusive, so that the last can be interpolated too. */
function tabulate(cutoff: number, halfWidth: number): Float32Array {
  const taps = 2 * halfWidth;
  const kernel = new Float32Array((PHASES + 1) * taps);
  for (let row = 0; row <= PHASES; row += 1) {
    for (let tap = 0; tap < taps; tap += 1) {
      const distance = tap - halfWidth + 1 - row / PHASES;
      kernel[row * taps + tap] = cutoff * sinc(cutoff * distance) * kaiser(distance / halfWidth);
    }
  }
  return kernel;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : besselI0(KAISER_BETA * Math.sqrt(1 - x * x)) / besselI0(KAISER_BETA);
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
