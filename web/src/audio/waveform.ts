/** Lets a drawing look at the sound passing a node. */
import type { Cleanups } from './cleanups.ts';
import type { Waveform } from './port.ts';

/** Fine enough to tell the low harmonics of a voice apart: 23 Hz at 48 kHz. */
const FFT_SAMPLES = 2048;
/** Between quiet syllables and loud ones; the browser's own range is made for music. */
const QUIETEST_DB = -90;
const LOUDEST_DB = -20;
/** Of the spectrum before, how much stays: falls over about a tenth of a second. */
const SMOOTHING = 0.72;

export class Analysis implements Waveform {
  readonly highestHz: number;
  readonly #analyser: AnalyserNode;
  readonly #look = new Float32Array(FFT_SAMPLES);
  /** The newest of them, as many as were last asked for: who looks does so in every frame, and for as many each time. */
  #newest = this.#look;

  constructor(context: AudioContext, cleanups: Cleanups) {
    this.highestHz = context.sampleRate / 2;
    this.#analyser = context.createAnalyser();
    this.#analyser.fftSize = FFT_SAMPLES;
    this.#analyser.minDecibels = QUIETEST_DB;
    this.#analyser.maxDecibels = LOUDEST_DB;
    this.#analyser.smoothingTimeConstant = SMOOTHING;
    cleanups.add(() => {
      this.#analyser.disconnect();
    });
  }

  /** Where the sound to look at has to go. */
  get node(): AudioNode {
    return this.#analyser;
  }

  read(out: Float32Array<ArrayBuffer>): void {
    // Given less room, an analyser gives the oldest of its samples.
    this.#analyser.getFloatTimeDomainData(this.#look);
    if (this.#newest.length !== out.length) this.#newest = this.#look.subarray(FFT_SAMPLES - out.length);
    out.set(this.#newest);
  }

  readSpectrum(out: Uint8Array<ArrayBuffer>): void {
    this.#analyser.getByteFrequencyData(out);
  }
}

export function analyse(context: AudioContext, source: AudioNode, cleanups: Cleanups): Waveform {
  const analysis = new Analysis(context, cleanups);
  source.connect(analysis.node);
  return analysis;
}
