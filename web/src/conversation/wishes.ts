/**
 * What the server is to know of the user's preferences: which of them, when, and how they are put.
 *
 * Refuses to know how a session begins, and how bytes move.
 */
import { sessionUpdate } from '../protocol/index.ts';
import type { ClientEvent } from '../protocol/index.ts';
import { partnerOf } from '../state/index.ts';
import type { ConversationState, Preferences } from '../state/index.ts';

const TOLD = ['mode', 'language', 'speech', 'character', 'voice', 'speed', 'eagerness', 'bargeIn'] as const;

/** Whether a change concerns the running session. */
export function concernsSession(before: Preferences, after: Preferences): boolean {
  return TOLD.some((name) => before[name] !== after[name]);
}

/** One session's settings, as the user wants them. */
export class Wishes {
  #hasChosenVoice = false;

  /** A new session begins, which knows of nothing yet. */
  begin(): void {
    this.#hasChosenVoice = false;
  }

  settings(state: ConversationState, { hasSound }: { readonly hasSound: boolean }): ClientEvent {
    const { mode, voice, speed, eagerness, bargeIn } = state.preferences;
    // Unless one was chosen here, a voice is the server's to choose: its owner may have set one.
    this.#hasChosenVoice ||= voice !== '';
    return sessionUpdate({
      ...partnerOf(state),
      voice: this.#hasChosenVoice ? voice : null,
      speed,
      eagerness,
      bargeIn,
      handsFree: mode === 'hands-free',
      hasSound,
    });
  }
}
