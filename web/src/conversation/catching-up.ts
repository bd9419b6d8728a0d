/**
 * The moment after a session has gone on with a conversation: the server tells what the conversation held, and only then
 * can the page know what the server does not.
 *
 * ```
 * session.created -> our settings sent ... conversation.item.added (as often as there are any) ... session.updated
 * ```
 * Owns the collecting and its deadline. Refuses to know what becomes of the items.
 */
import type { Item, ServerEvent } from '../protocol/index.ts';

/** Long for a server that reads four hundred entries; a server that never answers our settings has told us all it will. */
const DEADLINE_MS = 5000;

export class CatchingUp {
  readonly #done: (items: readonly Item[]) => void;
  readonly #items: Item[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param done - called once, with all that was told, in its order; never after {@link cancel}. */
  constructor(done: (items: readonly Item[]) => void) {
    this.#done = done;
    this.#timer = setTimeout(() => {
      this.#finish();
    }, DEADLINE_MS);
  }

  /** Takes an event, or leaves it: true when it is part of what is told and means nothing else. */
  take(event: ServerEvent): boolean {
    switch (event.type) {
      case 'conversation.item.added':
        this.#items.push(event.item);
        return true;
      case 'conversation.item.done':
        return true;
      case 'session.updated':
      case 'response.created':
        this.#finish();
        return false;
      default:
        return false;
    }
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #finish(): void {
    if (this.#timer === undefined) return;
    this.cancel();
    this.#done(this.#items);
  }
}
