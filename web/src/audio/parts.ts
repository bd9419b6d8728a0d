/**
 * The two ways in which a browser can hear and play: on the audio thread, or without one.
 *
 * Owns the choice and what each way needs before it works. Refuses to know devices.
 */
import captureUrl from './capture.worklet.ts?worker&url';
import playbackUrl from './playback.worklet.ts?worker&url';
import { captureByWorklet } from './capture.ts';
import type { Cleanups } from './cleanups.ts';
import { AudioFault } from './faults.ts';
import type { OpenCapture } from './microphone.ts';
import { PlainSpeaker } from './plain-speaker.ts';
import type { AudioCounters, AudioListener, AudioPort, AudioWishes, Waveform } from './port.ts';
import { canRecordWebm, captureByRecorder } from './recorder.ts';
import { Speaker } from './speaker.ts';

export type SpeakerListener = Pick<AudioListener, 'onProgress' | 'onEnded' | 'onStood' | 'onCleared'>;
export type SpeakerPort = Pick<
  AudioPort,
  'play' | 'finish' | 'hold' | 'resume' | 'clear' | 'duck' | 'sounding'
>;

export interface SpeakerPart extends SpeakerPort {
  readonly waveform: Waveform;
  readonly totals: Omit<AudioCounters, 'framesCaptured'>;
}

export interface AudioParts {
  /** @throws AudioFault when the browser lacks something that is wished for. */
  check(wishes: AudioWishes): void;
  load(context: AudioContext): Promise<unknown>;
  openSpeaker(context: AudioContext, listener: SpeakerListener, cleanups: Cleanups): SpeakerPart;
  readonly openCapture: OpenCapture;
}

export const workletParts: AudioParts = {
  check: () => undefined,
  load: (context) =>
    Promise.all([context.audioWorklet.addModule(captureUrl), context.audioWorklet.addModule(playbackUrl)]),
  openSpeaker: (context, listener, cleanups) => new Speaker(context, listener, cleanups),
  openCapture: captureByWorklet,
};

export const plainParts: AudioParts = {
  check: ({ microphone }) => {
    if (microphone && !canRecordWebm()) throw new AudioFault('unsupported_browser');
  },
  load: () => Promise.resolve(),
  openSpeaker: (context, listener, cleanups) => new PlainSpeaker(context, listener, cleanups),
  openCapture: captureByRecorder,
};

export function hasWorklets(): boolean {
  // Typed as always there; old browsers lack it.
  return (globalThis as { AudioWorkletNode?: unknown }).AudioWorkletNode !== undefined;
}
