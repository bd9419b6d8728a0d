/**
 * A server that was lost: how the page comes back to it.
 *
 * ```
 * reconnecting, and the network or the user is back    the next try is made at once
 * given up                                             looks every half minute, and when network or user are back;
 *                                                      goes on by itself where the server is there and the page is seen
 * ```
 * A page that nobody looks at does not open a microphone: it waits to be seen. Who closes the message that the server does
 * not answer is not waiting any more.
 *
 * Owns when it looks. Refuses to know how a conversation begins, and how the server is asked.
 */
import type { ConversationState, ConversationStore } from '../state/index.ts';

const LOOK_EVERY_MS = 30_000;

interface ServerReturnOptions {
  readonly store: ConversationStore;
  /** Asks whether the server answers; has a deadline of its own. */
  readonly isThere: (signal: AbortSignal) => Promise<boolean>;
  /** Whether the user can see the page. */
  readonly isSeen: () => boolean;
  /** Goes on with the conversation as it was last begun. */
  readonly goOn: () => Promise<void>;
}

/** See the module's docstring. */
export class ServerReturn {
  readonly #options: ServerReturnOptions;
  readonly #unsubscribe: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | null = null;

  constructor(options: ServerReturnOptions) {
    this.#options = options;
    this.#unsubscribe = options.store.subscribe((state, before) => {
      const isWaiting = waits(state);
      if (isWaiting === waits(before)) return;
      if (isWaiting) this.#later();
      else this.#cancel();
    });
  }

  /** The network is back, or the user is. */
  look(): void {
    const { store, goOn } = this.#options;
    const state = store.getState();
    if (state.connection.kind === 'reconnecting') void goOn();
    else if (waits(state) && this.#asking === null) void this.#ask();
  }

  dispose(): void {
    this.#unsubscribe();
    this.#cancel();
  }

  async #ask(): Promise<void> {
    const { isThere, isSeen, goOn } = this.#options;
    this.#cancel();
    const asking = new AbortController();
    this.#asking = asking;
    const isBack = isSeen() && (await isThere(asking.signal));
    if (asking.signal.aborted) return;
    this.#asking = null;
    // What is out of sight now looks again when it is seen.
    if (isBack && isSeen()) await goOn();
    else this.#later();
  }

  #later(): void {
    this.#timer = setTimeout(() => void this.#ask(), LOOK_EVERY_MS);
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = null;
  }
}

function waits({ connection, problems }: ConversationState): boolean {
  return connection.kind === 'failed' && problems.some(({ code }) => code === 'gave_up');
}
