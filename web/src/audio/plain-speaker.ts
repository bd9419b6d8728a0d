/**
 * The loudspeaker of a browser without an audio thread: what the playback worklet does, done on the page's own thread.
 *
 * A script processor asks for samples as the worklet is asked, only in larger blocks; so holds and clears keep their
 * place to the sample, which buffers scheduled ahead could not.
 */
import type { Cleanups } from './cleanups.ts';
import { JitterBuffer } from './jitter-buffer.ts';
import type { Playhead, ReplyChunk } from './jitter-buffer.ts';
import type { SpeakerListener, SpeakerPart } from './parts.ts';
import { PaceKeeper } from './playhead-pace.ts';
import { OutputClock, PlayClock } from './playhead.ts';
import type { Sounding } from './playhead.ts';
import type { AudioCounters, Waveform } from './port.ts';
import { Resampler } from './resampler.ts';
import { analyse } from './waveform.ts';

const INPUT_HZ = 24_000;
/** About 43 ms at 48 kHz: the page may be busy for that long without being heard to stumble. */
const BLOCK_SAMPLES = 2048;
const LIMITS = {
  prefetchSamples: 0.1 * INPUT_HZ,
  maxPrefetchSamples: 0.6 * INPUT_HZ,
  capacitySamples: 600 * INPUT_HZ,
};
const DUCKED_GAIN = 0.2;
const DUCK_SECONDS = 0.03;

export class PlainSpeaker implements SpeakerPart {
  readonly waveform: Waveform;
  readonly #context: AudioContext;
  readonly #listener: SpeakerListener;
  readonly #buffer = new JitterBuffer(LIMITS);
  readonly #resampler: Resampler;
  readonly #volume: GainNode;
  readonly #pace = new PaceKeeper(INPUT_HZ);
  readonly #clock = new PlayClock(INPUT_HZ);
  readonly #output: OutputClock;
  #scratch = new Float32Array(BLOCK_SAMPLES);
  #flushes = 0;

  constructor(context: AudioContext, listener: SpeakerListener, cleanups: Cleanups) {
    this.#context = context;
    this.#listener = listener;
    this.#output = new OutputClock(context);
    this.#resampler = new Resampler(INPUT_HZ, context.sampleRate);
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- The browsers this is for have nothing else.
    const node = context.createScriptProcessor(BLOCK_SAMPLES, 0, 1);
    this.#volume = context.createGain();
    node.connect(this.#volume).connect(context.destination);
    const end = new AbortController();
    node.addEventListener(
      'audioprocess',
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- The browsers this is for have nothing else.
      ({ outputBuffer, playbackTime }: AudioProcessingEvent) => {
        this.#fill(outputBuffer.getChannelData(0), playbackTime);
      },
      { signal: end.signal },
    );
    cleanups.add(() => {
      end.abort();
      node.disconnect();
      this.#volume.disconnect();
    });
    this.waveform = analyse(context, this.#volume, cleanups);
  }

  get totals(): Omit<AudioCounters, 'framesCaptured'> {
    const { samplesPlayed, underruns } = this.#buffer;
    return { samplesPlayed, underruns, flushes: this.#flushes };
  }

  play(chunk: ReplyChunk): void {
    this.#buffer.push(chunk);
  }

  finish(item: string): void {
    this.#buffer.finish(item);
    this.#tellEnded();
  }

  hold(item: string): void {
    this.#tellStanding(this.#buffer.setHeld(item, true));
  }

  resume(item: string): void {
    this.#tellStanding(this.#buffer.setHeld(item, false));
  }

  clear(item: string | null): void {
    this.#flushes += 1;
    for (const playhead of this.#buffer.clear(item)) this.#listener.onCleared(playhead);
    this.duck(false);
  }

  duck(isDucked: boolean): void {
    const gain = isDucked ? DUCKED_GAIN : 1;
    this.#volume.gain.setTargetAtTime(gain, this.#context.currentTime, DUCK_SECONDS);
  }

  sounding(): Sounding | null {
    return this.#clock.at(this.#output.seconds);
  }

  #fill(out: Float32Array, startsAt: number): void {
    const needed = this.#resampler.needed(out.length);
    if (needed > this.#scratch.length) this.#scratch = new Float32Array(needed);
    const input = this.#scratch.subarray(0, needed);
    const played = this.#buffer.read(input);
    this.#resampler.push(input);
    this.#resampler.pull(out);
    this.#tellEnded();
    const { head } = this.#buffer;
    const pace = this.#pace.note({ head, filled: played, asked: needed, startsAt });
    if (pace !== null) this.#clock.learn(pace);
    if (played > 0 && head !== null) this.#listener.onProgress(head);
  }

  #tellStanding(playhead: Playhead | null): void {
    if (playhead !== null) this.#listener.onStood(playhead);
  }

  #tellEnded(): void {
    for (const playhead of this.#buffer.takeEnded()) this.#listener.onEnded(playhead);
  }
}
