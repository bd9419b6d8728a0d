/** The loudspeaker: the worklet that plays replies, its volume, and its news. */
import type { Cleanups } from './cleanups.ts';
import type { SpeakerListener, SpeakerPort } from './parts.ts';
import type { AudioPort, Waveform } from './port.ts';
import { OutputClock, PlayClock } from './playhead.ts';
import type { Sounding } from './playhead.ts';
import { END, PLAYBACK_WORKLET } from './worklet-messages.ts';
import type {
  PlaybackMessage,
  PlaybackOptions,
  PlaybackRequest,
  PlaybackTotals,
  PlayheadMessage,
} from './worklet-messages.ts';
import { analyse } from './waveform.ts';

const DUCKED_GAIN = 0.2;
const DUCK_SECONDS = 0.03;

const INPUT_HZ = 24_000;

/** One playback worklet, connected to the context's destination. */
export class Speaker implements SpeakerPort {
  readonly waveform: Waveform;
  totals: PlaybackTotals = { samplesPlayed: 0, flushes: 0, underruns: 0 };
  readonly #context: AudioContext;
  readonly #node: AudioWorkletNode;
  readonly #volume: GainNode;
  readonly #clock = new PlayClock(INPUT_HZ);
  readonly #output: OutputClock;

  constructor(context: AudioContext, listener: SpeakerListener, cleanups: Cleanups) {
    this.#context = context;
    this.#output = new OutputClock(context);
    const processorOptions: PlaybackOptions = { inputHz: INPUT_HZ };
    this.#node = new AudioWorkletNode(context, PLAYBACK_WORKLET, {
      numberOfInputs: 0,
      outputChannelCount: [1],
      processorOptions,
    });
    this.#volume = context.createGain();
    this.#node.connect(this.#volume).connect(context.destination);
    this.#node.port.onmessage = ({ data }: MessageEvent<PlaybackMessage>) => {
      this.totals = data.totals;
      if (data.kind === 'pace') this.#clock.learn(data.pace);
      else tell(listener, data);
    };
    cleanups.add(() => {
      this.#node.port.onmessage = null;
      this.#node.port.postMessage(END);
      this.#node.disconnect();
      this.#volume.disconnect();
    });
    this.waveform = analyse(context, this.#volume, cleanups);
  }

  play(chunk: Parameters<AudioPort['play']>[0]): void {
    this.#ask({ kind: 'chunk', chunk }, [chunk.pcm.buffer]);
  }

  finish(item: string): void {
    this.#ask({ kind: 'finish', item });
  }

  hold(item: string): void {
    this.#ask({ kind: 'hold', item });
  }

  resume(item: string): void {
    this.#ask({ kind: 'resume', item });
  }

  clear(item: string | null): void {
    this.#ask({ kind: 'clear', item });
    this.duck(false);
  }

  sounding(): Sounding | null {
    return this.#clock.at(this.#output.seconds);
  }

  duck(isDucked: boolean): void {
    const gain = isDucked ? DUCKED_GAIN : 1;
    this.#volume.gain.setTargetAtTime(gain, this.#context.currentTime, DUCK_SECONDS);
  }

  #ask(request: PlaybackRequest, transfer: Transferable[] = []): void {
    this.#node.port.postMessage(request, transfer);
  }
}

function tell(listener: SpeakerListener, { kind, playhead }: PlayheadMessage): void {
  switch (kind) {
    case 'progress':
      listener.onProgress(playhead);
      break;
    case 'ended':
      listener.onEnded(playhead);
      break;
    case 'stood':
      listener.onStood(playhead);
      break;
    case 'cleared':
      listener.onCleared(playhead);
      break;
  }
}
