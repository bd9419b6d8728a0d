/**
 * Keeps the tabs of one browser out of each other's conversation: a tab that was opened later, or copied, and finds the
 * transcript of another that is still there lets go of it, and begins a new one.
 *
 * Owns the question, the answer, and who gives way. Refuses to know servers: another device is told by the server.
 */
import type { ConversationStore } from '../state/index.ts';

interface Word {
  readonly kind: 'whose' | 'mine';
  readonly conversation: string;
  /** Who says it: of two that ask within the same moment, the one with the smaller number keeps it. */
  readonly tab: number;
  /** Whose question is answered: what one is told does not hold for others, who may go before the one that told it. */
  readonly to?: number;
}

/** What is needed of a `BroadcastChannel`. */
export type Channel = Pick<BroadcastChannel, 'postMessage' | 'addEventListener' | 'close'>;

/** Long for two tabs of one machine, short for whoever wants to press Start. */
const ASKING_MS = 1000;

interface TabsOptions {
  readonly store: ConversationStore;
  /** Returns null where the browser has no channels: tabs then know nothing of each other. */
  readonly open: () => Channel | null;
  /** Lets go of the transcript, which another tab goes on with. */
  readonly giveWay: () => void;
  readonly random?: () => number;
}

export class Tabs {
  readonly #store: ConversationStore;
  readonly #channel: Channel | null;
  readonly #giveWay: () => void;
  readonly #tab: number;
  #asking: ReturnType<typeof setTimeout> | undefined;

  constructor({ store, open, giveWay, random = Math.random }: TabsOptions) {
    this.#store = store;
    this.#channel = open();
    this.#giveWay = giveWay;
    this.#tab = random();
    this.#channel?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (isWord(data)) this.#heard(data);
    });
    this.ask();
  }

  /** Asks whether another tab has the conversation that this one has found kept. */
  ask(): void {
    const { conversationId } = this.#store.getState();
    if (this.#channel === null || conversationId === null) return;
    clearTimeout(this.#asking);
    this.#asking = setTimeout(() => {
      this.#asking = undefined;
    }, ASKING_MS);
    this.#say({ kind: 'whose', conversation: conversationId, tab: this.#tab });
  }

  close(): void {
    clearTimeout(this.#asking);
    this.#channel?.close();
  }

  #heard({ kind, conversation, tab, to }: Word): void {
    const { conversationId, phase } = this.#store.getState();
    if (conversation !== conversationId) return;
    const mayGiveWay = this.#asking !== undefined && phase === 'stopped';
    if (kind === 'mine') {
      if (mayGiveWay && to === this.#tab) this.#giveWay();
    } else if (mayGiveWay && tab < this.#tab) {
      // The other may have come when this one's question was over already: nobody else tells them apart.
      this.#giveWay();
    } else {
      this.#say({ kind: 'mine', conversation, tab: this.#tab, to: tab });
    }
  }

  #say(word: Word): void {
    this.#channel?.postMessage(word);
  }
}

/** The browser's channel between the tabs of this page. */
export function openChannel(): Channel | null {
  return typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('vivavoce.conversation');
}

function isWord(value: unknown): value is Word {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, conversation, tab, to } = value as Readonly<Record<string, unknown>>;
  const isAddressed = kind === 'whose' || (kind === 'mine' && typeof to === 'number');
  return isAddressed && typeof conversation === 'string' && typeof tab === 'number';
}
