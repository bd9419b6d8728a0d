/**
 * Keeps the sound of the last replies, and plays one of them again when the user wants to hear it.
 *
 * Owns how many are kept, and that a replay gives way to whoever speaks. It listens to what comes from the server and
 * changes nothing of it: the conversation does not know that there is such a thing.
 */
import type { OpenReplay, ReplayPiece, StopReplay } from '../audio/index.ts';
import type { TransportListener } from '../connection/index.ts';
import type { OutputAudioFrame, ServerEvent } from '../protocol/index.ts';
import type { ConversationState } from '../state/index.ts';

/** Replies whose sound is kept, newest. */
const MAX_REPLIES = 20;
/** Together; some seventeen minutes of speech. */
const MAX_BYTES = 50_000_000;

/** What can be played again, and what is being played: ids of utterances. A new object whenever it changed. */
export interface ReplayState {
  readonly kept: ReadonlySet<string>;
  readonly playing: string | null;
}

interface Kept {
  readonly pieces: ReplayPiece[];
  bytes: number;
}

interface ReplaysOptions {
  readonly openReplay: OpenReplay;
  /** The loudspeaker the user chose. */
  readonly speaker: () => string;
}

const NONE: ReplayState = { kept: new Set(), playing: null };

/** See the module's docstring. */
export class Replays {
  readonly #options: ReplaysOptions;
  readonly #items = new Map<number, string>();
  /** Oldest first. */
  readonly #replies = new Map<string, Kept>();
  readonly #listeners = new Set<() => void>();
  #bytes = 0;
  #state = NONE;
  /** Ends what is played, or what is about to be. */
  #turn: AbortController | null = null;

  constructor(options: ReplaysOptions) {
    this.#options = options;
  }

  get state(): ReplayState {
    return this.#state;
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

  /** Gives way when the user begins to speak by the button. */
  follow({ isHolding }: Pick<ConversationState, 'isHolding'>): void {
    if (isHolding) this.stop();
  }

  /** Plays a reply from its beginning, instead of what is being played; resolved when it sounds. */
  async play(id: string): Promise<void> {
    this.stop();
    const reply = this.#replies.get(id);
    if (reply === undefined) return;
    const turn = new AbortController();
    this.#turn = turn;
    this.#tell({ ...this.#state, playing: id });
    let stop: StopReplay;
    try {
      stop = await this.#options.openReplay(reply.pieces, {
        speaker: this.#options.speaker(),
        onEnded: () => {
          if (this.#turn === turn) this.stop();
        },
      });
    } catch {
      // No sound can be had now: the button shows that nothing plays.
      if (this.#turn === turn) this.stop();
      return;
    }
    if (turn.signal.aborted) stop();
    else turn.signal.addEventListener('abort', stop, { once: true });
  }

  stop(): void {
    this.#turn?.abort();
    this.#turn = null;
    if (this.#state.playing !== null) this.#tell({ ...this.#state, playing: null });
  }

  /** Drops every reply that was kept. */
  forget(): void {
    this.stop();
    this.#items.clear();
    this.#replies.clear();
    this.#bytes = 0;
    this.#tell(NONE);
  }

  #heard(event: ServerEvent): void {
    switch (event.type) {
      case 'vivavoce.audio.stream':
        this.#items.set(event.response_number, event.item_id);
        if (this.#items.size > MAX_REPLIES) this.#items.delete(this.#items.keys().next().value ?? -1);
        break;
      case 'input_audio_buffer.speech_started':
      case 'response.created':
        this.stop();
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
    if (known === undefined || isFuller) this.#tell({ ...this.#state, kept: new Set(this.#replies.keys()) });
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

  #tell(state: ReplayState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
