/**
 * Keeps the sound of the last replies, to be heard once more.
 *
 * Owns how many are kept. It listens to what comes from the server and changes nothing of it: the conversation does not know
 * that there is such a thing. Refuses to know how a reply is played again.
 */
import { pcmToFloat } from '../audio/index.ts';
import type { SideSamples } from '../audio/index.ts';
import type { TransportListener } from '../connection/index.ts';
import type { OutputAudioFrame, ServerEvent } from '../protocol/index.ts';

/** Replies whose sound is kept, newest. */
const MAX_REPLIES = 20;
/** Together; some seventeen minutes of speech. */
const MAX_BYTES = 50_000_000;

const RATE_HZ = 24_000;

/** A piece of a reply's sound, 24 kHz mono PCM16. */
interface Piece {
  readonly firstSample: number;
  readonly pcm: Int16Array<ArrayBuffer>;
}

interface Kept {
  readonly pieces: Piece[];
  bytes: number;
}

interface ReplaysOptions {
  /** The user begins to speak, or a reply is on its way or to be heard: nothing is to sound beside it. */
  readonly onTurn: () => void;
}

/** See the module's docstring. */
export class Replays {
  readonly #options: ReplaysOptions;
  readonly #items = new Map<number, string>();
  /** Oldest first. */
  readonly #replies = new Map<string, Kept>();
  readonly #listeners = new Set<() => void>();
  #bytes = 0;
  #kept: ReadonlySet<string> = new Set();

  constructor(options: ReplaysOptions) {
    this.#options = options;
  }

  /** Ids of the utterances whose sound is kept: another set whenever it changed. */
  get kept(): ReadonlySet<string> {
    return this.#kept;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  /** Listens in on a connection; the listener hears all as before. */
  tap(listener: TransportListener): TransportListener {
    return {
      onEvent: (event) => {
        this.#heard(event);
        listener.onEvent(event);
      },
      onAudio: (frame) => {
        // Whoever plays it gives its memory away.
        this.#keep(frame);
        listener.onAudio(frame);
      },
      onMalformed: listener.onMalformed,
      onClose: (cause) => {
        this.#items.clear();
        listener.onClose(cause);
      },
    };
  }

  /** Returns a reply from its beginning; null when it is not kept any more. */
  soundOf(id: string): SideSamples | null {
    const reply = this.#replies.get(id);
    return reply === undefined ? null : { samples: join(reply.pieces), sampleRateHz: RATE_HZ };
  }

  /** Drops every reply that was kept. */
  forget(): void {
    this.#items.clear();
    this.#replies.clear();
    this.#bytes = 0;
    this.#tell();
  }

  #heard(event: ServerEvent): void {
    switch (event.type) {
      case 'vivavoce.audio.stream':
        this.#items.set(event.response_number, event.item_id);
        if (this.#items.size > MAX_REPLIES) this.#items.delete(this.#items.keys().next().value ?? -1);
        // Something else may have begun while the reply was only thought of.
        this.#options.onTurn();
        break;
      case 'input_audio_buffer.speech_started':
      case 'response.created':
        this.#options.onTurn();
        break;
      default:
        break;
    }
  }

  #keep({ responseNumber, firstSample, pcm }: OutputAudioFrame): void {
    const item = this.#items.get(responseNumber);
    if (item === undefined) return;
    const known = this.#replies.get(item);
    const reply = known ?? { pieces: [], bytes: 0 };
    reply.pieces.push({ firstSample, pcm: pcm.slice() });
    reply.bytes += pcm.byteLength;
    this.#bytes += pcm.byteLength;
    if (known === undefined) this.#replies.set(item, reply);
    const isFuller = this.#makeRoom();
    if (known === undefined || isFuller) this.#tell();
  }

  /** Forgets the oldest; the newest stays, however long it is. Returns whether any was forgotten. */
  #makeRoom(): boolean {
    const before = this.#replies.size;
    for (const [item, { bytes }] of this.#replies) {
      const isTooMuch = this.#replies.size > MAX_REPLIES || this.#bytes > MAX_BYTES;
      if (!isTooMuch || this.#replies.size === 1) break;
      this.#replies.delete(item);
      this.#bytes -= bytes;
    }
    return this.#replies.size < before;
  }

  #tell(): void {
    this.#kept = new Set(this.#replies.keys());
    for (const listener of this.#listeners) listener();
  }
}

/** What lies between two pieces is silent. */
function join(pieces: readonly Piece[]): Float32Array<ArrayBuffer> {
  const length = pieces.reduce((end, { firstSample, pcm }) => Math.max(end, firstSample + pcm.length), 0);
  const samples = new Float32Array(length);
  for (const { firstSample, pcm } of pieces) {
    pcm.forEach((sample, index) => {
      samples[firstSample + index] = pcmToFloat(sample);
    });
  }
  return samples;
}
