/**
 * Runs on the audio thread: microphone samples at the device's rate in, 24 kHz PCM16 frames out.
 *
 * Drives {@link Resampler} and {@link Framer}; knows nothing of mute, turns or the network.
 */
import { Framer } from './framer.ts';
import { Resampler } from './resampler.ts';
import { CAPTURE_WORKLET } from './worklet-messages.ts';
import type { CaptureMessage, CaptureOptions } from './worklet-messages.ts';

class CaptureProcessor extends AudioWorkletProcessor {
  readonly #resampler: Resampler;
  readonly #framer: Framer;
  readonly #resampled = new Float32Array(1024);
  #isRunning = true;

  constructor({ processorOptions }: { processorOptions: CaptureOptions }) {
    super();
    this.#resampler = new Resampler(sampleRate, processorOptions.outputHz);
    this.#framer = new Framer(processorOptions.frameSamples);
    // The only message there is says to end.
    this.port.onmessage = () => {
      this.#isRunning = false;
    };
  }

  process(inputs: readonly (readonly Float32Array[])[]): boolean {
    const samples = inputs[0]?.[0];
    if (samples === undefined || !this.#isRunning) return this.#isRunning;
    this.#resampler.push(samples);
    let made: number;
    do {
      made = this.#resampler.pull(this.#resampled);
      this.#framer.push(this.#resampled.subarray(0, made), (frame: CaptureMessage) => {
        this.port.postMessage(frame, [frame.buffer]);
      });
    } while (made === this.#resampled.length);
    return true;
  }
}

registerProcessor(CAPTURE_WORKLET, CaptureProcessor);
