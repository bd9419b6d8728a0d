/**
 * What was chosen in another tab or on another machine, until it holds here: what is only looked at at once; what the
 * session or the devices are to do once nobody is talking, for no one expects to be cut short or to hear another voice
 * because of a choice that was made for elsewhere.
 *
 * Owns which choices wait. Refuses to know where they come from, and where they are kept.
 */
import type { ConversationStore, Preferences } from '../state/index.ts';
import { TOLD } from './wishes.ts';

const DEVICES = [
  'microphone',
  'speaker',
  'echoCancellation',
  'noiseSuppression',
  'autoGain',
] as const satisfies readonly (keyof Preferences)[];
const WAITING: ReadonlySet<string> = new Set([...TOLD, ...DEVICES]);

/** See the module's docstring. */
export class ChosenElsewhere {
  readonly dispose: () => void;
  readonly #store: ConversationStore;
  readonly #apply: (preferences: Partial<Preferences>) => void;
  #waiting: Partial<Preferences> = {};

  /** @param apply - puts preferences in force. */
  constructor(store: ConversationStore, apply: (preferences: Partial<Preferences>) => void) {
    this.#store = store;
    this.#apply = apply;
    this.dispose = store.subscribe(({ phase }, before) => {
      if (phase === 'stopped' && before.phase !== 'stopped') this.#applyWaiting();
    });
  }

  /** What was chosen last, here or elsewhere, whether it holds already or not. */
  get preferences(): Preferences {
    return { ...this.#store.getState().preferences, ...this.#waiting };
  }

  take(preferences: Partial<Preferences>): void {
    const isTalking = this.#store.getState().phase !== 'stopped';
    const [now, later] = parted(preferences, (name) => !isTalking || !WAITING.has(name));
    this.#waiting = { ...this.#waiting, ...later };
    if (Object.keys(now).length > 0) this.#apply(now);
  }

  /** The user has chosen these here since: what was chosen elsewhere before is none of theirs any more. */
  chosenHere(preferences: Partial<Preferences>): void {
    [, this.#waiting] = parted(this.#waiting, (name) => Object.hasOwn(preferences, name));
  }

  #applyWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = {};
    if (Object.keys(waiting).length > 0) this.#apply(waiting);
  }
}

/** Those of which it is so, and the others. */
function parted(
  preferences: Partial<Preferences>,
  isSo: (name: string) => boolean,
): readonly [Partial<Preferences>, Partial<Preferences>] {
  const entries = Object.entries(preferences);
  return [
    Object.fromEntries(entries.filter(([name]) => isSo(name))),
    Object.fromEntries(entries.filter(([name]) => !isSo(name))),
  ];
}
