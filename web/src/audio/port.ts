/** What a conversation may ask of the sound devices, and what it hears from them. */
import type { Playhead, ReplyChunk } from './jitter-buffer.ts';
import type { Loudness } from './loudness.ts';
import type { Sounding } from './playhead.ts';

/** Which devices to use, and what is done to the microphone's sound; an empty id is the system's default. */
export interface DeviceChoice {
  readonly microphone: string;
  readonly speaker: string;
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
  readonly autoGain: boolean;
}

export interface AudioWishes {
  /** False for a conversation by typing: the reply is still heard. */
  readonly microphone: boolean;
  readonly choice: DeviceChoice;
  /** Ends the opening; what was already opened is freed. */
  readonly signal: AbortSignal;
}

/** How loud the microphone's sound was over a stretch of it. */
export interface Heard {
  readonly loudness: Loudness;
  readonly seconds: number;
  /** Whether the system or a switch on the device keeps the microphone silent. */
  readonly isBlocked: boolean;
}

export interface AudioListener {
  /** 20 ms of microphone audio, 24 kHz mono PCM16; silence while muted. */
  onFrame: (pcm: Int16Array) => void;
  /** The next piece of a WebM file with Opus, from ports whose microphone is encoded; whether a file begins with it. */
  onEncoded: (piece: Uint8Array<ArrayBuffer>, isFirst: boolean) => void;
  /** Many times a second while the microphone is open. */
  onHeard: (heard: Heard) => void;
  /** Where playback is, about every 40 ms while there is something to play. */
  onProgress: (playhead: Playhead) => void;
  /** An item was played to its end. */
  onEnded: (playhead: Playhead) => void;
  /** An item fell silent and keeps its place, or goes on, at `played`. */
  onStood: (playhead: Playhead) => void;
  /** An item was dropped; `played` is where it stopped. */
  onCleared: (playhead: Playhead) => void;
  /** The microphone was unplugged or taken away. */
  onMicrophoneLost: () => void;
  /** The browser keeps the sound off until the user acts (true), or plays it (false). */
  onBlocked: (isBlocked: boolean) => void;
}

/** Totals since the devices were opened. */
export interface AudioCounters {
  readonly samplesPlayed: number;
  readonly flushes: number;
  readonly underruns: number;
  readonly framesCaptured: number;
}

/** The sound of this moment, for drawing. */
export interface Waveform {
  /** The highest frequency of {@link readSpectrum}; its entries lie evenly from 0 to it. */
  readonly highestHz: number;
  /** Fills `out` with the newest samples, -1 to 1; 2048 at most. */
  read(out: Float32Array<ArrayBuffer>): void;
  /** Fills `out` with the strength of each frequency, 0 to 255 for -90 to -20 dB; 1024 entries. */
  readSpectrum(out: Uint8Array<ArrayBuffer>): void;
}

/** What of a choice could not be had; the default is used in its place. */
export interface Substituted {
  readonly microphone: boolean;
  readonly speaker: boolean;
}

/** Opened devices. */
export interface AudioPort {
  readonly microphone: Waveform | null;
  /** Whether a microphone is open and has not been taken away. */
  readonly isHearing: boolean;
  /** The microphone's name; empty when there is none or the browser does not tell. */
  readonly microphoneLabel: string;
  /** `webm`: what the microphone hears comes through `onEncoded`, once {@link listen} asked for it. */
  readonly encoding: 'pcm' | 'webm';
  /** What of the choice that is in force could not be had. */
  readonly substituted: Substituted;
  readonly reply: Waveform;
  readonly counters: AudioCounters;
  /** Queues a piece of a reply behind what is queued. */
  play(chunk: ReplyChunk): void;
  /** Says that no more audio of an item will come. */
  finish(item: string): void;
  /** Falls silent within an item that is queued, at once or when it comes to it; answered by `onStood`. */
  hold(item: string): void;
  /** Goes on with an item from the sample where it fell silent; answered by `onStood`. */
  resume(item: string): void;
  /** Drops what is queued for an item, or for all (null), at once; answered by `onCleared` for each. */
  clear(item: string | null): void;
  /** Makes the reply quiet while the user may be starting to speak. */
  duck(isDucked: boolean): void;
  /** Which sample is heard at this moment; null while no reply sounds. The same object at every call. */
  sounding(): Sounding | null;
  setMuted(isMuted: boolean): void;
  /**
   * Takes up other devices; the conversation's sound goes on.
   *
   * @throws AudioFault when the microphone cannot be had; the one before goes on if it can still be had, which
   *   {@link isHearing} tells.
   */
  choose(choice: DeviceChoice): Promise<void>;
  /** Begins a new file of encoded sound, or ends it: resolved when its last piece was handed over. */
  listen(isListening: boolean): Promise<void>;
  /** Asks the browser to let sound out; only of use within a user's click. */
  unblock(): Promise<void>;
  /** Frees devices and memory; nothing is heard from them afterwards. */
  close(): void;
}

/** @throws AudioFault when a device or permission is missing. */
export type OpenAudio = (wishes: AudioWishes, listener: AudioListener) => Promise<AudioPort>;
