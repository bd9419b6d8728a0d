/**
 * What the server is to know of the user's wishes: which of them, when, and how they are put; what has to be known from
 * the first word on stands in the address.
 *
 * Refuses to know how a session begins, and how bytes move.
 */
import { sessionUpdate } from '../protocol/index.ts';
import type { ClientEvent, SessionWishes } from '../protocol/index.ts';
import { partnerOf } from '../state/index.ts';
import type { ConversationState, Preferences } from '../state/index.ts';

/** Preferences that the running session is told of. */
export const TOLD: readonly (keyof Preferences)[] = [
  'mode',
  'language',
  'speech',
  'character',
  'voice',
  'speed',
  'eagerness',
  'bargeIn',
];

/** Whether a change concerns the running session. */
export function concernsSession(before: Preferences, after: Preferences): boolean {
  return TOLD.some((name) => before[name] !== after[name]);
}

/**
 * The query of the address at which a session is opened.
 *
 * @param conversation - what the session goes on with; null for a new conversation.
 */
export function addressOf(
  state: ConversationState,
  conversation: string | null,
): Readonly<Record<string, string>> {
  if (conversation !== null) return { conversation };
  const { greeting, voice, speed } = state.preferences;
  // Who has said something already, or cannot hear it, is not greeted.
  if (!greeting || !state.hasMicrophone || state.utterances.length > 0) return {};
  const { character, language } = partnerOf(state);
  return {
    greet: 'true',
    language,
    ...(character === '' ? {} : { persona: character }),
    ...(voice === '' ? {} : { voice }),
    ...(speed === 1 ? {} : { speed: `${speed}` }),
  };
}

/** One session's settings, as the user wants them. */
export class Wishes {
  #hasChosenVoice = false;

  /** A new session begins, which knows of nothing yet. */
  begin(): void {
    this.#hasChosenVoice = false;
  }

  settings(state: ConversationState, sound: Pick<SessionWishes, 'hasSound' | 'encoding'>): ClientEvent {
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
      ...sound,
    });
  }
}
