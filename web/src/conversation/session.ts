/**
 * The sessions of a conversation, one after the other: what each is told when it begins, and where its news goes.
 *
 * ```
 * connect: session settings, what was said before and is not known there, what waits to be said
 * loss:    sound stops, what was under way ends; the link tries again; then as at the beginning
 * refusal, giving up: it is over, until it is connected again
 * ```
 * Owns the link, and what of the session's news concerns sound, face and words. Refuses to know how devices are opened, and
 * what the user may want.
 */
import type { AudioPort } from '../audio/index.ts';
import { Link } from '../connection/index.ts';
import type { BackoffPolicy, LinkStatus, Transport, TransportListener } from '../connection/index.ts';
import type { ClientEvent, ServerEvent } from '../protocol/index.ts';
import { CHARACTER_NOT_FOUND } from '../state/index.ts';
import type { ConversationStore } from '../state/index.ts';
import { Face } from './face.ts';
import { Playout } from './playout.ts';
import { Telling } from './telling.ts';
import { Uplink } from './uplink.ts';
import { addressOf, Wishes } from './wishes.ts';

export interface SessionOptions {
  readonly store: ConversationStore;
  /** @param query - of the address: what the session is to know from its first moment on. */
  readonly openTransport: (listener: TransportListener, query: Readonly<Record<string, string>>) => Transport;
  readonly backoff?: BackoffPolicy | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The devices in use; null while there are none. */
  readonly audio: () => AudioPort | null;
  /** Told all that the session says, as it comes. */
  readonly onEvent: (type: ServerEvent['type']) => void;
  /** Refused, or given up. */
  readonly onOver: () => void;
}

/** See the module's docstring. */
export class Session {
  readonly face: Face;
  readonly playout: Playout;
  readonly uplink: Uplink;
  reconnects = 0;
  malformedEvents = 0;
  readonly #options: SessionOptions;
  readonly #link: Link;
  readonly #telling: Telling;
  readonly #wishes = new Wishes();

  constructor(options: SessionOptions) {
    this.#options = options;
    const { store, now, audio } = options;
    const send = (event: ClientEvent): void => {
      this.send(event);
    };
    this.face = new Face(store, audio);
    this.#telling = new Telling({ store, send, now });
    this.#link = this.#makeLink();
    this.uplink = new Uplink(this.#link);
    this.playout = new Playout({
      send,
      onSoundless: (item) => {
        store.dispatch({ type: 'playout.ended', playhead: { item, played: 0 } });
      },
      now,
    });
  }

  get isOnline(): boolean {
    return this.#link.isOnline;
  }

  connect(): void {
    this.#link.connect();
  }

  /** Makes the next try to reconnect at once, where one is waited for. */
  hurry(): void {
    this.#link.hurry();
  }

  /** Ends the session, or the tries to begin one. */
  close(): void {
    this.#link.close();
    this.#end();
  }

  /** Sends when online, else drops. */
  send(event: ClientEvent): void {
    this.#link.send(event);
  }

  /** What is running goes on in a session of its own, with what the transcript now is. */
  moveOver(): void {
    if (this.#options.store.getState().phase !== 'running') return;
    this.close();
    this.#link.connect();
  }

  /** Tells the session what the user wants of it. */
  sendSettings(): void {
    const audio = this.#options.audio();
    const sound = { hasSound: audio !== null, encoding: audio?.encoding ?? 'pcm' } as const;
    this.send(this.#wishes.settings(this.#options.store.getState(), sound));
  }

  #makeLink(): Link {
    const { store, openTransport, backoff } = this.#options;
    return new Link({
      open: (listener) => openTransport(listener, addressOf(store.getState(), this.#telling.choose())),
      ...(backoff === undefined ? {} : { backoff }),
      listener: {
        onStatus: (status) => {
          this.#linkChanged(status);
        },
        onEvent: (event) => {
          this.#received(event);
        },
        onAudio: (frame) => {
          this.playout.frame(frame);
        },
        onMalformed: () => {
          this.malformedEvents += 1;
        },
      },
    });
  }

  #linkChanged(status: LinkStatus): void {
    this.#telling.end();
    if (status.kind === 'unknown') {
      this.#lose(status.what);
      return;
    }
    this.#options.store.dispatch({ type: 'connection.changed', connection: status });
    switch (status.kind) {
      case 'online':
        this.#begin();
        break;
      case 'reconnecting':
        this.reconnects += 1;
        this.#end();
        break;
      case 'failed':
      case 'refused':
        this.#end();
        this.#options.onOver();
        break;
      case 'offline':
      case 'connecting':
        break;
    }
  }

  /** Tells a new session what it has to know, in the order in which it happened. */
  #begin(): void {
    this.#telling.begin(() => {
      this.#wishes.begin();
      this.sendSettings();
      this.uplink.begin(this.#options.store.getState().preferences.mode === 'hands-free');
    });
  }

  /** Lets go of all that belonged to the session: its sound, its face, the turn under the button. */
  #end(): void {
    this.face.reset();
    this.playout.reset();
    this.uplink.reset();
    this.#options.store.dispatch({ type: 'talk.held', isHolding: false });
  }

  /** The server does not have it (it keeps no history, or it was deleted): begin anew with what the page knows. */
  #lose(what: 'conversation' | 'character'): void {
    this.#options.store.dispatch({ type: `${what}.lost` });
    this.moveOver();
  }

  #received(event: ServerEvent): void {
    if (this.#telling.take(event)) return;
    this.#options.store.dispatch({ type: 'server.said', event, at: this.#options.now() });
    this.playout.received(event);
    this.face.received(event);
    this.#options.onEvent(event.type);
    if (event.type === 'error' && event.error.code === CHARACTER_NOT_FOUND) this.sendSettings();
  }
}
