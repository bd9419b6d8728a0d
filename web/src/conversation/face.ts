/**
 * What a face needs to know of the conversation at this very moment, as it is heard and not as it arrives.
 *
 * Owns nothing of its own: asks the state, the loudspeaker and the track of mouth shapes when it is read, once a frame.
 * Refuses to know what a face looks like.
 */
import type { AudioPort } from '../audio/index.ts';
import { stageOf } from '../state/index.ts';
import type { ConversationStore } from '../state/index.ts';

type FaceMood = 'idle' | 'listening' | 'thinking' | 'speaking' | 'error';

/** A movement that is made once; `count` grows with every one. */
interface Movement {
  readonly name: 'nod' | 'shake' | 'wave' | 'think';
  readonly count: number;
}

/** See the module's docstring. */
export class Face {
  readonly action: Movement | null = null;
  readonly #store: ConversationStore;
  readonly #audio: () => AudioPort | null;

  constructor(store: ConversationStore, audio: () => AudioPort | null) {
    this.#store = store;
    this.#audio = audio;
  }

  get mood(): FaceMood {
    const { state } = stageOf(this.#store.getState());
    return state === 'processing' ? 'thinking' : state;
  }

  get expression(): string | null {
    return this.#store.getState().expression?.name ?? null;
  }

  readVisemes(): boolean {
    return false;
  }

  readReply(out: Float32Array<ArrayBuffer>): boolean {
    const audio = this.#audio();
    audio?.reply.read(out);
    return audio !== null;
  }
}
