/** Tells the state why the user is not heard well, from what the microphone gives and whose turn it is. */
import { Hearing } from '../audio/index.ts';
import type { Heard } from '../audio/index.ts';
import type { ServerEvent } from '../protocol/index.ts';
import { isAwaitingSpeech } from '../state/index.ts';
import type { ConversationStore, HearingTrouble } from '../state/index.ts';

/** See the module's docstring. */
export class HearingWatch {
  readonly #store: ConversationStore;
  readonly #hearing = new Hearing();
  #isPaused = false;

  constructor(store: ConversationStore) {
    this.#store = store;
  }

  /** A microphone was opened or unmuted: it has everything to prove again. */
  reset(): void {
    this.#hearing.reset();
    this.#tell(null);
  }

  /** Judges nothing while the microphone is kept from the conversation. */
  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.reset();
  }

  heard({ loudness, seconds, isBlocked }: Heard): void {
    if (this.#isPaused) return;
    const state = this.#store.getState();
    const trouble = this.#hearing.hear({
      loudness,
      seconds,
      isBlocked,
      isAwaited: isAwaitingSpeech(state),
      isJudged: state.preferences.mode === 'hands-free' && state.partial === null,
    });
    this.#tell(trouble);
  }

  /** News of the server: it may have found speech. */
  received(type: ServerEvent['type']): void {
    if (type === 'input_audio_buffer.speech_started' || type === 'vivavoce.input.partial') {
      this.#hearing.understood();
    }
  }

  #tell(trouble: HearingTrouble | null): void {
    if (trouble !== this.#store.getState().hearing)
      this.#store.dispatch({ type: 'hearing.changed', trouble });
  }
}
