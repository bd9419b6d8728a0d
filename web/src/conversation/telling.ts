/**
 * What a new session is told of what was said before.
 *
 * A session that goes on with a conversation knows it from the server's history, and is told only what is missing there
 * (words that a server took with it when it died, what was typed while it was away). Any other is told everything.
 *
 * Owns which conversation is asked for, and the telling. Refuses to know links and devices.
 */
import { pastTurn } from '../protocol/index.ts';
import type { ClientEvent, Item, ServerEvent } from '../protocol/index.ts';
import { conversationToGoOn, retellable, untold } from '../state/index.ts';
import type { ConversationStore } from '../state/index.ts';
import { CatchingUp } from './catching-up.ts';

interface TellingOptions {
  readonly store: ConversationStore;
  readonly send: (event: ClientEvent) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export class Telling {
  readonly #store: ConversationStore;
  readonly #send: (event: ClientEvent) => void;
  readonly #now: () => number;
  /** What the present connection asked to go on with. */
  #wanted: string | null = null;
  #catchingUp: CatchingUp | null = null;

  constructor({ store, send, now }: TellingOptions) {
    this.#store = store;
    this.#send = send;
    this.#now = now;
  }

  /** The conversation that the connection about to be opened should go on with; null begins one. */
  choose(): string | null {
    this.#wanted = conversationToGoOn(this.#store.getState());
    return this.#wanted;
  }

  /** Tells a session that has just begun what it has to know, in the order in which it happened; settings come first. */
  begin(sendSettings: () => void): void {
    const goesOn = this.#wanted !== null;
    const hasPending = this.#hasPending();
    this.#store.dispatch({ type: 'session.began', goesOn });
    sendSettings();
    if (goesOn) {
      this.#catchingUp = new CatchingUp((items) => {
        this.#caughtUp(items);
      });
    } else {
      this.#tell(retellable(this.#store.getState()), hasPending);
    }
  }

  /** Takes an event that only tells what was said before; false for all others. */
  take(event: ServerEvent): boolean {
    return this.#catchingUp?.take(event) ?? false;
  }

  /** The session is over. */
  end(): void {
    this.#catchingUp?.cancel();
    this.#catchingUp = null;
  }

  #caughtUp(items: readonly Item[]): void {
    this.#catchingUp = null;
    const hasPending = this.#hasPending();
    this.#store.dispatch({ type: 'session.caught_up', items, at: this.#now() });
    this.#tell(untold(this.#store.getState(), new Set(items.map(({ id }) => id))), hasPending);
  }

  #tell(turns: ReturnType<typeof retellable>, isAnswerWanted: boolean): void {
    for (const { utterance, text } of turns) {
      this.#send(pastTurn(utterance.id, utterance.speaker, text));
    }
    if (isAnswerWanted) this.#send({ type: 'response.create' });
  }

  #hasPending(): boolean {
    return this.#store.getState().utterances.some(({ status }) => status === 'pending');
  }
}
