/**
 * What a face needs to know of the conversation at this very moment, as it is heard and not as it arrives.
 *
 * Owns the shapes of the mouth and the cues that wait to be heard, and asks the loudspeaker where it is when it is read,
 * once a frame. Refuses to know what a face looks like.
 */
import type { AudioPort, Playhead, Sounding } from '../audio/index.ts';
import type { ServerEvent } from '../protocol/index.ts';
import { stageOf } from '../state/index.ts';
import type { ConversationState, ConversationStore } from '../state/index.ts';
import { CueTrack } from './cue-track.ts';
import type { Movement } from './cue-track.ts';
import { LipTrack } from './lip-track.ts';

type FaceMood = 'idle' | 'listening' | 'thinking' | 'speaking' | 'error';

const SILENCE = 0;

/** See the module's docstring. */
export class Face {
  readonly #store: ConversationStore;
  readonly #audio: () => AudioPort | null;
  readonly #lips = new LipTrack();
  readonly #cues = new CueTrack();
  #ended: string | null = null;
  /** Of this state the mood is known: it is asked for in every frame, and the state changes far less often. */
  #read: ConversationState | null = null;
  #mood: FaceMood = 'idle';

  constructor(store: ConversationStore, audio: () => AudioPort | null) {
    this.#store = store;
    this.#audio = audio;
  }

  get mood(): FaceMood {
    const all = this.#store.getState();
    if (all !== this.#read) {
      const { state } = stageOf(all);
      this.#read = all;
      this.#mood = state === 'processing' ? 'thinking' : state;
    }
    return this.#mood;
  }

  get expression(): string | null {
    this.#listen();
    return this.#cues.expression;
  }

  get action(): Movement | null {
    this.#listen();
    return this.#cues.action;
  }

  /** Fills `weights` with the mouth of what is heard now; false, with nothing filled, when there is no timeline for it. */
  readVisemes(weights: Float32Array<ArrayBuffer>): boolean {
    const sounding = this.#listen();
    if (sounding === null || !this.#lips.read(sounding.item, sounding.sample, weights)) return false;
    // A voice that is held is silent, wherever in a word it was.
    if (!sounding.isMoving) weights.fill(0).fill(1, SILENCE, SILENCE + 1);
    return true;
  }

  /** Fills `out` with the newest samples of the reply; false when nothing sounds. */
  readReply(out: Float32Array<ArrayBuffer>): boolean {
    const audio = this.#audio();
    if (audio?.sounding()?.isMoving !== true) return false;
    audio.reply.read(out);
    return true;
  }

  received(event: ServerEvent): void {
    switch (event.type) {
      case 'vivavoce.visemes':
        if (this.#audio() !== null) this.#lips.add(event);
        break;
      case 'vivavoce.expression':
      case 'vivavoce.action':
        this.#cues.add(event, this.#audio() !== null);
        break;
      case 'response.created':
        this.#cues.begin();
        break;
      default:
        break;
    }
  }

  /** The last sample of a reply went into the output, which may still be on its way to the ear. */
  ended({ item }: Playhead): void {
    this.#cues.ended(item);
    if (this.#ended !== null) this.#lips.forget(this.#ended);
    this.#ended = item;
  }

  /** A reply was dropped. */
  cleared({ item }: Playhead): void {
    this.#cues.cleared(item);
    this.#lips.forget(item);
  }

  /** The session is over, and all its replies. */
  reset(): void {
    this.#cues.reset();
    this.#lips.reset();
  }

  #listen(): Sounding | null {
    const sounding = this.#audio()?.sounding() ?? null;
    if (sounding !== null) this.#cues.heard(sounding.item, sounding.sample);
    return sounding;
  }
}
