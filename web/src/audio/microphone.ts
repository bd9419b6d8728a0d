/** The microphone: its track, and the worklet that turns it into frames. */
import { AudioFault, microphoneFault } from './faults.ts';
import { CAPTURE_WORKLET, END } from './worklet-messages.ts';
import type { CaptureMessage, CaptureOptions } from './worklet-messages.ts';
import type { Cleanups } from './cleanups.ts';
import { analyse } from './waveform.ts';
import type { Waveform } from './port.ts';

/** 20 ms at 24 kHz. */
const FRAME_SAMPLES = 480;

/**
 * Asks for the microphone, with the browser's echo canceller on: the reply must not interrupt itself.
 *
 * @throws AudioFault when there is none, or the page may not have it.
 */
export async function requestMicrophone(): Promise<MediaStream> {
  // The interface is typed as always there; old browsers lack it.
  const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  if (devices === undefined) throw new AudioFault('unsupported_browser');
  try {
    return await devices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
    });
  } catch (error) {
    throw microphoneFault(error);
  }
}

export function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

interface MicrophoneListener {
  onFrame: (frame: CaptureMessage) => void;
  onLost: () => void;
}

/** Leads a stream into frames of 24 kHz PCM16. */
export function connectMicrophone(
  context: AudioContext,
  stream: MediaStream,
  listener: MicrophoneListener,
  cleanups: Cleanups,
): Waveform {
  const source = context.createMediaStreamSource(stream);
  const processorOptions: CaptureOptions = { outputHz: 24_000, frameSamples: FRAME_SAMPLES };
  const capture = new AudioWorkletNode(context, CAPTURE_WORKLET, {
    channelCount: 1,
    channelCountMode: 'explicit',
    outputChannelCount: [1],
    processorOptions,
  });
  capture.port.onmessage = ({ data }: MessageEvent<CaptureMessage>) => {
    listener.onFrame(data);
  };
  // Its output stays silent; browsers run only what leads to the destination.
  source.connect(capture).connect(context.destination);
  const ended = new AbortController();
  for (const track of stream.getTracks()) {
    track.addEventListener('ended', listener.onLost, { signal: ended.signal });
  }
  cleanups.add(() => {
    ended.abort();
    capture.port.onmessage = null;
    capture.port.postMessage(END);
    source.disconnect();
    capture.disconnect();
  });
  return analyse(context, source, cleanups);
}
