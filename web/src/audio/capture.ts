/** The way from the microphone's sound to pieces that can be sent; one strategy for each kind of browser. */
import type { Cleanups } from './cleanups.ts';
import { loudnessOfPcm } from './loudness.ts';
import type { Loudness } from './loudness.ts';
import { CAPTURE_WORKLET, END } from './worklet-messages.ts';
import type { CaptureMessage, CaptureOptions } from './worklet-messages.ts';

/** 20 ms at 24 kHz. */
const FRAME_SAMPLES = 480;
const FRAME_SECONDS = 0.02;

export interface CaptureListener {
  onFrame: (pcm: Int16Array) => void;
  onEncoded: (piece: Uint8Array<ArrayBuffer>, isFirst: boolean) => void;
  onLoudness: (loudness: Loudness, seconds: number) => void;
}

export interface Capture {
  readonly encoding: 'pcm' | 'webm';
  /** Where the microphone's sound has to go. */
  readonly input: AudioNode;
  listen(isListening: boolean): Promise<void>;
}

/** Frames of 24 kHz PCM16, made on the audio thread. */
export function captureByWorklet(
  context: AudioContext,
  listener: CaptureListener,
  cleanups: Cleanups,
): Capture {
  const processorOptions: CaptureOptions = { outputHz: 24_000, frameSamples: FRAME_SAMPLES };
  const node = new AudioWorkletNode(context, CAPTURE_WORKLET, {
    channelCount: 1,
    channelCountMode: 'explicit',
    outputChannelCount: [1],
    processorOptions,
  });
  node.port.onmessage = ({ data }: MessageEvent<CaptureMessage>) => {
    listener.onLoudness(loudnessOfPcm(data), FRAME_SECONDS);
    listener.onFrame(data);
  };
  // Its output stays silent; browsers run only what leads to the destination.
  node.connect(context.destination);
  cleanups.add(() => {
    node.port.onmessage = null;
    node.port.postMessage(END);
    node.disconnect();
  });
  // Frames come all the time; whoever hears them decides which to send.
  return { encoding: 'pcm', input: node, listen: () => Promise.resolve() };
}
