/** Sound devices for tests: they play when told to, and remember what they were asked. */
import type { AudioFault } from './faults.ts';
import type { Playhead, ReplyChunk } from './jitter-buffer.ts';
import { loudnessOfPcm } from './loudness.ts';
import type { Sounding } from './playhead.ts';
import type { AudioListener, AudioPort, AudioWishes, DeviceChoice } from './port.ts';

/** Stands in for the devices behind `OpenAudio`. */
export class FakeAudio {
  /** Ports opened so far, and those of them not closed. */
  opened = 0;
  open = 0;
  /** When set, opening fails with it. */
  fault: AudioFault | null = null;
  isMuted = false;
  isDucked = false;
  hasMicrophone = false;
  flushes = 0;
  /** What the devices were asked for last. */
  choice: DeviceChoice | null = null;
  /** Times the devices were asked for something while they were open. */
  choices = 0;
  /** When set, taking up other devices fails with it. */
  choosingFault: AudioFault | null = null;
  /** Whether the microphone is open and not taken away. */
  isHearing = false;
  /** The chosen devices that are not there. */
  substituted = { microphone: false, speaker: false };
  label = 'A microphone';
  encoding: 'pcm' | 'webm' = 'pcm';
  /** What is heard, as a test sets it. */
  sounding: Sounding | null = null;
  /** Beginnings and ends of encoded files. */
  readonly listened: boolean[] = [];
  #listener: AudioListener | null = null;
  readonly #tracks = new Map<string, { played: number; end: number; isFinished: boolean; isHeld: boolean }>();

  /** Gives the page its way to these devices. */
  readonly connect = async (wishes: AudioWishes, listener: AudioListener): Promise<AudioPort> => {
    await Promise.resolve();
    if (this.fault !== null) throw this.fault;
    wishes.signal.throwIfAborted();
    this.opened += 1;
    this.open += 1;
    this.hasMicrophone = this.isHearing = wishes.microphone;
    this.#listener = listener;
    this.choice = wishes.choice;
    return this.#port(wishes.microphone);
  };

  /** The microphone hears this many frames, each of them all of one value. */
  hear(frames: number, value = 0): void {
    for (let count = 0; count < frames; count += 1) {
      const pcm = new Int16Array(480).fill(value);
      this.#listener?.onHeard({ loudness: loudnessOfPcm(pcm), seconds: 0.02, isBlocked: false });
      this.#listener?.onFrame(pcm);
    }
  }

  /** The microphone gives a piece of an encoded file. */
  encode(piece: Uint8Array<ArrayBuffer>, isFirst = false): void {
    this.#listener?.onEncoded(piece, isFirst);
  }

  /** The loudspeaker plays this many samples of an item, or to the end of what is there. */
  advance(item: string, samples: number): void {
    const track = this.#tracks.get(item);
    if (track === undefined || track.isHeld) return;
    track.played = Math.min(track.end, track.played + samples);
    this.#listener?.onProgress(playhead(item, track));
    if (track.isFinished && track.played === track.end) {
      this.#tracks.delete(item);
      this.#listener?.onEnded(playhead(item, track));
    }
  }

  /** Samples of an item queued so far; 0 when it is unknown, played, or dropped. */
  queued(item: string): number {
    return this.#tracks.get(item)?.end ?? 0;
  }

  loseMicrophone(): void {
    this.isHearing = false;
    this.#listener?.onMicrophoneLost();
  }

  block(isBlocked: boolean): void {
    this.#listener?.onBlocked(isBlocked);
  }

  #port(microphone: boolean): AudioPort {
    const silence = {
      highestHz: 24_000,
      read: (out: Float32Array): void => void out.fill(0),
      readSpectrum: (out: Uint8Array): void => void out.fill(0),
    };
    const label = (): string => (microphone ? this.label : '');
    const isHearing = (): boolean => this.isHearing;
    return {
      get isHearing(): boolean {
        return isHearing();
      },
      get microphoneLabel(): string {
        return label();
      },
      microphone: microphone ? silence : null,
      reply: silence,
      encoding: this.encoding,
      substituted: this.substituted,
      choose: (choice) => this.#choose(choice),
      listen: (isListening) => {
        this.listened.push(isListening);
        return Promise.resolve();
      },
      counters: { samplesPlayed: 0, flushes: this.flushes, underruns: 0, framesCaptured: 0 },
      ...this.#playing(),
      sounding: () => this.sounding,
      setMuted: (isMuted) => {
        this.isMuted = isMuted;
      },
      unblock: () => {
        this.block(false);
        return Promise.resolve();
      },
      close: () => {
        this.open -= 1;
        this.#listener = null;
        this.#tracks.clear();
      },
    };
  }

  #playing(): Pick<AudioPort, 'play' | 'finish' | 'hold' | 'resume' | 'clear' | 'duck'> {
    return {
      play: (chunk) => {
        this.#queue(chunk);
      },
      finish: (item) => {
        const track = this.#tracks.get(item);
        if (track !== undefined) track.isFinished = true;
      },
      hold: (item) => {
        const track = this.#tracks.get(item);
        if (track === undefined) return;
        track.isHeld = true;
        this.#listener?.onStood(playhead(item, track));
      },
      resume: (item) => {
        const track = this.#tracks.get(item);
        if (track === undefined) return;
        track.isHeld = false;
        this.#listener?.onStood(playhead(item, track));
      },
      clear: (item) => {
        this.#clear(item);
      },
      duck: (isDucked) => {
        this.isDucked = isDucked;
      },
    };
  }

  async #choose(choice: DeviceChoice): Promise<void> {
    await Promise.resolve();
    this.choices += 1;
    this.choice = choice;
    if (this.choosingFault !== null) throw this.choosingFault;
    this.isHearing = this.hasMicrophone;
  }

  #queue({ item, firstSample, pcm }: ReplyChunk): void {
    const fresh = { played: firstSample, end: firstSample, isFinished: false, isHeld: false };
    const track = this.#tracks.get(item) ?? fresh;
    track.end = firstSample + pcm.length;
    this.#tracks.set(item, track);
  }

  #clear(item: string | null): void {
    this.flushes += 1;
    this.isDucked = false;
    for (const [name, track] of [...this.#tracks]) {
      if (item !== null && item !== name) continue;
      this.#tracks.delete(name);
      this.#listener?.onCleared(playhead(name, track));
    }
  }
}

function playhead(item: string, { played, end }: { played: number; end: number }): Playhead {
  return { item, played, buffered: end - played };
}
