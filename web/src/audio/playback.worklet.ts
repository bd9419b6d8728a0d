/**
 * Runs on the audio thread: queued reply audio out to the device, at the device's rate.
 *
 * Drives {@link JitterBuffer} and {@link Resampler}, and tells the page how far each item has been played. A request
 * to hold or to clear is obeyed before the next block of 128 samples.
 */
import { JitterBuffer } from './jitter-buffer.ts';
import type { Playhead } from './jitter-buffer.ts';
import { PaceKeeper } from './playhead-pace.ts';
import { Resampler } from './resampler.ts';
import { END, PLAYBACK_WORKLET } from './worklet-messages.ts';
import type {
  PlaybackMessage,
  PlaybackOptions,
  PlaybackRequest,
  PlaybackTotals,
  PlayheadMessage,
} from './worklet-messages.ts';

const PREFETCH_SECONDS = 0.06;
const MAX_PREFETCH_SECONDS = 0.4;
/** Longer than any spoken reply; 29 MB when full. */
const CAPACITY_SECONDS = 600;
const PROGRESS_SECONDS = 0.04;

class PlaybackProcessor extends AudioWorkletProcessor {
  readonly #buffer: JitterBuffer;
  readonly #resampler: Resampler;
  readonly #pace: PaceKeeper;
  readonly #inputHz: number;
  #scratch = new Float32Array(256);
  #sinceProgress = 0;
  #flushes = 0;
  #isRunning = true;

  constructor({ processorOptions }: { processorOptions: PlaybackOptions }) {
    super();
    const { inputHz } = processorOptions;
    this.#inputHz = inputHz;
    this.#pace = new PaceKeeper(inputHz);
    this.#buffer = new JitterBuffer({
      prefetchSamples: PREFETCH_SECONDS * inputHz,
      maxPrefetchSamples: MAX_PREFETCH_SECONDS * inputHz,
      capacitySamples: CAPACITY_SECONDS * inputHz,
    });
    this.#resampler = new Resampler(inputHz, sampleRate);
    this.port.onmessage = ({ data }: MessageEvent<PlaybackRequest>) => {
      this.#obey(data);
    };
  }

  process(_inputs: unknown, outputs: readonly (readonly Float32Array[])[]): boolean {
    const out = outputs[0]?.[0];
    if (out === undefined || !this.#isRunning) return this.#isRunning;
    const needed = this.#resampler.needed(out.length);
    if (needed > this.#scratch.length) this.#scratch = new Float32Array(needed);
    const input = this.#scratch.subarray(0, needed);
    const played = this.#buffer.read(input);
    this.#resampler.push(input);
    this.#resampler.pull(out);
    this.#report(played, needed);
    return true;
  }

  #obey(request: PlaybackRequest): void {
    if (request === END) {
      this.#isRunning = false;
      return;
    }
    switch (request.kind) {
      case 'chunk':
        this.#buffer.push(request.chunk);
        break;
      case 'finish':
        this.#buffer.finish(request.item);
        this.#tellEnded();
        break;
      case 'hold':
      case 'resume':
        this.#tellStanding(this.#buffer.setHeld(request.item, request.kind === 'hold'));
        break;
      case 'clear':
        this.#flushes += 1;
        for (const playhead of this.#buffer.clear(request.item)) this.#tell('cleared', playhead);
        break;
    }
  }

  #report(played: number, asked: number): void {
    this.#tellEnded();
    this.#tellPace(played, asked);
    this.#sinceProgress += asked;
    if (played === 0 || this.#sinceProgress < PROGRESS_SECONDS * this.#inputHz) return;
    this.#sinceProgress = 0;
    const head = this.#buffer.head;
    if (head !== null) this.#tell('progress', head);
  }

  /** An item that is over has been told of. */
  #tellStanding(playhead: Playhead | null): void {
    if (playhead !== null) this.#tell('stood', playhead);
  }

  #tellEnded(): void {
    for (const playhead of this.#buffer.takeEnded()) this.#tell('ended', playhead);
  }

  #tellPace(filled: number, asked: number): void {
    const pace = this.#pace.note({ head: this.#buffer.head, filled, asked, startsAt: currentTime });
    if (pace !== null) this.#send({ kind: 'pace', pace, totals: this.#totals() });
  }

  #tell(kind: PlayheadMessage['kind'], playhead: Playhead): void {
    this.#send({ kind, playhead, totals: this.#totals() });
  }

  #totals(): PlaybackTotals {
    const { samplesPlayed, underruns } = this.#buffer;
    return { samplesPlayed, underruns, flushes: this.#flushes };
  }

  #send(message: PlaybackMessage): void {
    this.port.postMessage(message);
  }
}

registerProcessor(PLAYBACK_WORKLET, PlaybackProcessor);
