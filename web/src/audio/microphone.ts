/** The microphone: its track, which may be exchanged for another's while everything behind it stays. */
import { AudioFault, microphoneFault } from './faults.ts';
import type { Capture, CaptureListener } from './capture.ts';
import type { Cleanups } from './cleanups.ts';
import { constraintsFor, mediaDevices } from './devices.ts';
import type { AudioListener, DeviceChoice, Waveform } from './port.ts';
import { Analysis } from './waveform.ts';

export interface OpenedMicrophone {
  readonly stream: MediaStream;
  readonly choice: DeviceChoice;
  /** Whether it is the default one in place of the chosen one. */
  readonly isSubstitute: boolean;
}

/** Names of the errors that say that a device is not there. */
const ABSENT = new Set(['NotFoundError', 'OverconstrainedError']);

/**
 * Asks for the chosen microphone, or the default one when that is not there.
 *
 * @throws AudioFault when there is none, or the page may not have it.
 */
export async function requestMicrophone(choice: DeviceChoice): Promise<OpenedMicrophone> {
  const devices = mediaDevices();
  if (devices === undefined) throw new AudioFault('unsupported_browser');
  const ask = (asked: DeviceChoice): Promise<MediaStream> =>
    devices.getUserMedia({ audio: constraintsFor(asked) });
  try {
    return { stream: await ask(choice), choice, isSubstitute: false };
  } catch (error) {
    if (choice.microphone === '' || !(error instanceof Error) || !ABSENT.has(error.name)) {
      throw microphoneFault(error);
    }
  }
  try {
    return { stream: await ask({ ...choice, microphone: '' }), choice, isSubstitute: true };
  } catch (error) {
    throw microphoneFault(error);
  }
}

export function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

type MicrophoneListener = Pick<AudioListener, 'onFrame' | 'onEncoded' | 'onHeard' | 'onMicrophoneLost'>;

/** How a browser turns sound into pieces. */
export type OpenCapture = (context: AudioContext, listener: CaptureListener, cleanups: Cleanups) => Capture;

/** Leads the track of this moment into what is sent. */
export class Microphone {
  readonly waveform: Waveform;
  readonly capture: Capture;
  readonly #context: AudioContext;
  readonly #listener: MicrophoneListener;
  readonly #analysis: Analysis;
  #opened: OpenedMicrophone;
  #source: MediaStreamAudioSourceNode | null = null;
  #ended = new AbortController();
  #isMuted = false;
  #isClosed = false;

  constructor(
    context: AudioContext,
    opened: OpenedMicrophone,
    { listener, open }: { readonly listener: MicrophoneListener; readonly open: OpenCapture },
    cleanups: Cleanups,
  ) {
    this.#context = context;
    this.#listener = listener;
    this.#opened = opened;
    this.#analysis = new Analysis(context, cleanups);
    this.waveform = this.#analysis;
    const onLoudness: CaptureListener['onLoudness'] = (loudness, seconds) => {
      listener.onHeard({ loudness, seconds, isBlocked: this.#isBlocked });
    };
    this.capture = open(
      context,
      { onLoudness, onFrame: listener.onFrame, onEncoded: listener.onEncoded },
      cleanups,
    );
    this.#connect();
    cleanups.add(() => {
      this.#isClosed = true;
      this.#disconnect();
    });
  }

  get label(): string {
    return this.#opened.stream.getTracks()[0]?.label ?? '';
  }

  get isSubstitute(): boolean {
    return this.#opened.isSubstitute;
  }

  /** False once it was taken away, until another is taken up. */
  get isLive(): boolean {
    return this.#opened.stream.getTracks().some(({ readyState }) => readyState !== 'ended');
  }

  /** A muted track gives silence, so the server's sense of time goes on. */
  setMuted(isMuted: boolean): void {
    this.#isMuted = isMuted;
    for (const track of this.#opened.stream.getTracks()) track.enabled = !isMuted;
  }

  /** Takes up another microphone, or treats its sound in another way; see `AudioPort.choose`. */
  async choose(choice: DeviceChoice): Promise<void> {
    if (this.isLive && isSameInput(choice, this.#opened)) return;
    this.#exchange(await this.#request(choice));
  }

  get #isBlocked(): boolean {
    return !this.#isMuted && this.#opened.stream.getTracks().some(({ muted }) => muted);
  }

  async #request(choice: DeviceChoice): Promise<OpenedMicrophone> {
    try {
      return await requestMicrophone(choice);
    } catch (error) {
      // Some systems let a page have one microphone at a time.
      if (!(error instanceof AudioFault) || error.code !== 'microphone_busy' || !this.isLive) throw error;
      stopTracks(this.#opened.stream);
    }
    try {
      return await requestMicrophone(choice);
    } catch (error) {
      await this.#takeBack();
      throw error;
    }
  }

  /** Opens the microphone again that was let go of in vain; where that fails too, there is none. */
  async #takeBack(): Promise<void> {
    const opened = await requestMicrophone(this.#opened.choice).catch(() => null);
    if (opened !== null) this.#exchange(opened);
  }

  #exchange(opened: OpenedMicrophone): void {
    if (this.#isClosed) {
      stopTracks(opened.stream);
      return;
    }
    this.#disconnect();
    this.#opened = opened;
    this.#connect();
    this.setMuted(this.#isMuted);
  }

  #connect(): void {
    this.#source = this.#context.createMediaStreamSource(this.#opened.stream);
    this.#source.connect(this.capture.input);
    this.#source.connect(this.#analysis.node);
    this.#ended = new AbortController();
    for (const track of this.#opened.stream.getTracks()) {
      track.addEventListener('ended', this.#listener.onMicrophoneLost, { signal: this.#ended.signal });
    }
  }

  #disconnect(): void {
    this.#ended.abort();
    this.#source?.disconnect();
    stopTracks(this.#opened.stream);
  }
}

/** A substitute is given up for the chosen one at every try. */
function isSameInput(wanted: DeviceChoice, { choice, isSubstitute }: OpenedMicrophone): boolean {
  return (
    !isSubstitute &&
    wanted.microphone === choice.microphone &&
    wanted.echoCancellation === choice.echoCancellation &&
    wanted.noiseSuppression === choice.noiseSuppression &&
    wanted.autoGain === choice.autoGain
  );
}
