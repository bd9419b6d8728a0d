/** What a conversation may ask of the sound devices, and what it hears from them. */
import type { Playhead, ReplyChunk } from './jitter-buffer.ts';

export interface AudioWishes {
  /** False for a conversation by typing: the reply is still heard. */
  readonly microphone: boolean;
  /** Ends the opening; what was already opened is freed. */
  readonly signal: AbortSignal;
}

export interface AudioListener {
  /** 20 ms of microphone audio, 24 kHz mono PCM16; silence while muted. */
  onFrame: (pcm: Int16Array) => void;
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
  /** Fills `out` with the newest samples, -1 to 1. */
  read(out: Float32Array<ArrayBuffer>): void;
}

/** Opened devices. */
export interface AudioPort {
  readonly microphone: Waveform | null;
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
  setMuted(isMuted: boolean): void;
  /** Asks the browser to let sound out; only of use within a user's click. */
  unblock(): Promise<void>;
  /** Frees devices and memory; nothing is heard from them afterwards. */
  close(): void;
}

/** @throws AudioFault when a device or permission is missing. */
export type OpenAudio = (wishes: AudioWishes, listener: AudioListener) => Promise<AudioPort>;
