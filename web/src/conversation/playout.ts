/**
 * Between the frames that arrive and the loudspeaker: which are played, which come too late, and what is reported.
 *
 * A reply that was cleared stays silent: frames of it that were under way are dropped here, the one gate.
 */
import type { AudioPort, Playhead } from '../audio/index.ts';
import type { ClientEvent, OutputAudioFrame, ServerEvent } from '../protocol/index.ts';

type AudioStream = Extract<ServerEvent, { readonly type: 'vivavoce.audio.stream' }>;

interface Reply {
  readonly contentIndex: number;
  played: number;
  /** True from its first frame until it ended or was cleared. */
  isQueued: boolean;
  isSilenced: boolean;
  /** Keeps its place in silence until it is resumed or cleared. */
  isHeld: boolean;
}

interface PlayoutOptions {
  readonly send: (event: ClientEvent) => void;
  /** Called for a reply that ends without any sound. */
  readonly onSoundless: (item: string) => void;
  /** Milliseconds. */
  readonly now: () => number;
}

const REPORT_EVERY_MS = 250;
/** Replies remembered; nothing of an older one can still be under way. */
const REMEMBERED_REPLIES = 32;

/** See the module's docstring. */
export class Playout {
  readonly #options: PlayoutOptions;
  readonly #items = new Map<number, string>();
  readonly #replies = new Map<string, Reply>();
  #audio: AudioPort | null = null;
  #reportedAt = -Infinity;

  /** Frames dropped because their reply was cleared, or never announced. */
  framesDropped = 0;
  /** Times a reply was told to fall silent and keep its place. */
  holds = 0;
  reportsSent = 0;

  constructor(options: PlayoutOptions) {
    this.#options = options;
  }

  /** Whether a reply is heard, or stands silent in the midst of it. */
  get isSounding(): boolean {
    return [...this.#replies.values()].some(({ isQueued }) => isQueued);
  }

  /** Sets where sound goes; null for nowhere. */
  attach(audio: AudioPort | null): void {
    this.#audio = audio;
  }

  /** Forgets the replies of a session that is over, and stops their sound. */
  reset(): void {
    this.#items.clear();
    this.#replies.clear();
    this.#audio?.clear(null);
  }

  frame({ responseNumber, firstSample, pcm }: OutputAudioFrame): void {
    const item = this.#items.get(responseNumber);
    const reply = item === undefined ? undefined : this.#replies.get(item);
    if (item === undefined || reply === undefined || reply.isSilenced || this.#audio === null) {
      this.framesDropped += 1;
      return;
    }
    this.#audio.play({ item, firstSample, pcm });
    if (reply.isHeld && !reply.isQueued) this.#audio.hold(item);
    reply.isQueued = true;
  }

  /** Drops every reply at once, those announced and not begun as well. */
  clearAll(): void {
    for (const reply of this.#replies.values()) reply.isSilenced = true;
    this.#audio?.clear(null);
  }

  progressed(playhead: Playhead): void {
    this.#remember(playhead, true);
    if (this.#options.now() - this.#reportedAt >= REPORT_EVERY_MS) this.#report(playhead);
  }

  /** The item was held or resumed: the server is waiting to hear where. */
  stood(playhead: Playhead): void {
    this.#remember(playhead, true);
    this.#report(playhead);
  }

  /** The item ended or was cleared: nothing of it is left. */
  stopped({ item, played }: Playhead): void {
    this.#remember({ item, played }, false);
    if (this.#replies.has(item)) this.#report({ item, played, buffered: 0 });
  }

  /** Takes in what the session says of replies. */
  received(event: ServerEvent): void {
    this.#duckFor(event.type);
    switch (event.type) {
      case 'vivavoce.audio.stream':
        this.#announce(event);
        break;
      case 'response.output_audio.done':
        this.#complete(event.item_id);
        break;
      case 'vivavoce.playout.hold':
        this.holds += 1;
        this.#setHeld(event.item_id, true);
        break;
      case 'vivavoce.playout.resume':
        this.#setHeld(event.item_id, false);
        break;
      case 'vivavoce.playout.clear':
        this.#clear(event.item_id);
        break;
      default:
        break;
    }
  }

  /** The user may be starting to speak: quiet at once, silent when the server is sure and says hold or clear. */
  #duckFor(type: ServerEvent['type']): void {
    switch (type) {
      case 'input_audio_buffer.speech_started':
        this.#audio?.duck(true);
        break;
      case 'input_audio_buffer.speech_stopped':
      case 'vivavoce.playout.resume':
      case 'response.created':
        this.#audio?.duck(false);
        break;
      default:
        break;
    }
  }

  #announce({ response_number, item_id, content_index }: AudioStream): void {
    this.#items.set(response_number, item_id);
    this.#replies.set(item_id, {
      contentIndex: content_index,
      played: 0,
      isQueued: false,
      isSilenced: false,
      isHeld: false,
    });
    forgetOldest(this.#items);
    forgetOldest(this.#replies);
  }

  /** All audio of an item has arrived. */
  #complete(item: string): void {
    const reply = this.#replies.get(item);
    if (reply?.isQueued === true) this.#audio?.finish(item);
    else if (reply?.isSilenced === false && reply.played === 0) this.#options.onSoundless(item);
  }

  /** Drops an item at once, and answers with a report even when there was nothing left to drop. */
  #clear(item: string): void {
    const reply = this.#replies.get(item);
    if (reply?.isQueued === true) this.#audio?.clear(item);
    else this.#reportUnqueued(item);
    if (reply !== undefined) reply.isSilenced = true;
  }

  /** Silences an item that keeps its place, or goes on with it; answers with a report whatever there was to silence. */
  #setHeld(item: string, isHeld: boolean): void {
    const reply = this.#replies.get(item);
    if (reply !== undefined) reply.isHeld = isHeld;
    if (reply?.isQueued !== true) this.#reportUnqueued(item);
    else if (isHeld) this.#audio?.hold(item);
    else this.#audio?.resume(item);
  }

  /** Reports of an item that the loudspeaker has nothing of, and so will not answer for. */
  #reportUnqueued(item: string): void {
    this.#report({ item, played: this.#replies.get(item)?.played ?? 0, buffered: 0 });
  }

  #remember({ item, played }: Pick<Playhead, 'item' | 'played'>, isQueued: boolean): void {
    const reply = this.#replies.get(item);
    if (reply === undefined) return;
    reply.played = played;
    reply.isQueued = isQueued;
  }

  #report({ item, played, buffered }: Playhead): void {
    this.#reportedAt = this.#options.now();
    this.reportsSent += 1;
    this.#options.send({
      type: 'vivavoce.playout.report',
      item_id: item,
      content_index: this.#replies.get(item)?.contentIndex ?? 0,
      played_samples: played,
      buffered_samples: buffered,
    });
  }
}

/** A map gives its oldest key first. */
function forgetOldest(map: Map<unknown, unknown>): void {
  if (map.size > REMEMBERED_REPLIES) map.delete(map.keys().next().value);
}
