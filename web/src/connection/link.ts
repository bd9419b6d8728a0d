/**
 * Keeps one conversation connected: opens a transport, opens another when it is lost, and gives up in the end.
 *
 * ```
 * offline -> connecting -> online -> reconnecting -> online ...
 *                                 -> refused | failed   (until connect() is called again)
 * ```
 * A connection counts as made when the server greets it with `session.created`, not when the socket opens.
 */
import type { ClientEvent, InputAudio, OutputAudioFrame, ServerEvent } from '../protocol/index.ts';
import { DEFAULT_BACKOFF, delayBefore } from './backoff.ts';
import type { BackoffPolicy } from './backoff.ts';
import type { CloseCause, OpenTransport, Transport } from './transport.ts';

export type LinkStatus =
  | { readonly kind: 'offline' | 'connecting' | 'online' }
  /** `attempt` of `limit`, counted from 1. */
  | { readonly kind: 'reconnecting'; readonly attempt: number; readonly limit: number }
  | { readonly kind: 'refused'; readonly cause: 'unauthorised' | 'capacity' | 'elsewhere' | 'refused' }
  /** The server has no such conversation, or no such character; it would take a connection that asks for none. */
  | { readonly kind: 'unknown'; readonly what: 'conversation' | 'character' }
  /** Gave up. */
  | { readonly kind: 'failed' };

export interface LinkListener {
  onStatus: (status: LinkStatus) => void;
  onEvent: (event: ServerEvent) => void;
  onAudio: (frame: OutputAudioFrame) => void;
  onMalformed: (reason: string) => void;
}

interface LinkOptions {
  readonly open: OpenTransport;
  readonly listener: LinkListener;
  readonly backoff?: BackoffPolicy;
  /** How long a server may take to greet. */
  readonly greetingMs?: number;
  /** A connection that held this long was a good one: the count of tries begins anew. */
  readonly steadyMs?: number;
  readonly random?: () => number;
}

/** See the module's docstring. */
export class Link {
  readonly #open: OpenTransport;
  readonly #listener: LinkListener;
  readonly #backoff: BackoffPolicy;
  readonly #greetingMs: number;
  readonly #steadyMs: number;
  readonly #random: () => number;

  #transport: Transport | null = null;
  /** The one timer of the present state: greeting deadline, steadiness, or wait before the next try. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #isOnline = false;

  constructor({ open, listener, backoff, greetingMs, steadyMs, random }: LinkOptions) {
    this.#open = open;
    this.#listener = listener;
    this.#backoff = backoff ?? DEFAULT_BACKOFF;
    this.#greetingMs = greetingMs ?? 10_000;
    this.#steadyMs = steadyMs ?? 5_000;
    this.#random = random ?? Math.random;
  }

  get isOnline(): boolean {
    return this.#isOnline;
  }

  /** Begins to connect, with the full number of tries; does nothing while it is already at it. */
  connect(): void {
    if (this.#transport !== null) return;
    this.#attempt = 0;
    this.#setTimer(null);
    this.#listener.onStatus({ kind: 'connecting' });
    this.#openTransport();
  }

  /** Makes the next try at once, where one is waited for. */
  hurry(): void {
    const isWaiting = this.#transport === null && this.#timer !== undefined;
    if (isWaiting) this.#openTransport();
  }

  /** Ends the connection, or the tries to make one. */
  close(): void {
    this.#drop();
    this.#listener.onStatus({ kind: 'offline' });
  }

  /** Sends when online, else drops: a session that is gone has no use for its events. */
  send(event: ClientEvent): void {
    if (this.#isOnline) this.#transport?.send(event);
  }

  /** Returns false when the audio was dropped. */
  sendAudio(audio: InputAudio): boolean {
    return this.#isOnline && (this.#transport?.sendAudio(audio) ?? false);
  }

  /** Whether audio would be sent now. */
  takesAudio(): boolean {
    return this.#isOnline && (this.#transport?.takesAudio() ?? false);
  }

  #openTransport(): void {
    this.#transport = this.#open({
      onEvent: (event) => {
        if (event.type === 'session.created' && !this.#isOnline) this.#greeted();
        this.#listener.onEvent(event);
      },
      onAudio: (frame) => {
        this.#listener.onAudio(frame);
      },
      onMalformed: (reason) => {
        this.#listener.onMalformed(reason);
      },
      onClose: (cause) => {
        this.#lost(cause);
      },
    });
    this.#setTimer(this.#greetingMs, () => {
      this.#lost('gone');
    });
  }

  #greeted(): void {
    this.#isOnline = true;
    this.#setTimer(this.#steadyMs, () => {
      this.#attempt = 0;
    });
    this.#listener.onStatus({ kind: 'online' });
  }

  #lost(cause: CloseCause): void {
    this.#drop();
    switch (cause) {
      case 'unknown_conversation':
        this.#listener.onStatus({ kind: 'unknown', what: 'conversation' });
        break;
      case 'unknown_character':
        this.#listener.onStatus({ kind: 'unknown', what: 'character' });
        break;
      case 'gone':
        this.#tryAgain();
        break;
      default:
        this.#listener.onStatus({ kind: 'refused', cause });
    }
  }

  #tryAgain(): void {
    this.#attempt += 1;
    const delayMs = delayBefore(this.#backoff, this.#attempt, this.#random());
    if (delayMs === null) {
      this.#listener.onStatus({ kind: 'failed' });
      return;
    }
    this.#setTimer(delayMs, () => {
      this.#openTransport();
    });
    this.#listener.onStatus({ kind: 'reconnecting', attempt: this.#attempt, limit: this.#backoff.tries });
  }

  #drop(): void {
    this.#setTimer(null);
    this.#transport?.close();
    this.#transport = null;
    this.#isOnline = false;
  }

  #setTimer(delayMs: number, action: () => void): void;
  #setTimer(delayMs: null): void;
  #setTimer(delayMs: number | null, action?: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = delayMs === null ? undefined : setTimeout(() => action?.(), delayMs);
  }
}
