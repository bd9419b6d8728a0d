/** A server for tests: plays a script of events and records what the page sent. */
import type { ClientEvent, OutputAudioFrame, ServerEvent } from '../protocol/index.ts';
import type { CloseCause, Transport, TransportListener } from './transport.ts';

/** Stands in for a server behind an `OpenTransport`; every connection to it lands here. */
export class ScriptedServer {
  /** Events of all connections, in order. */
  readonly received: ClientEvent[] = [];
  /** What each connection asked to go on with. */
  readonly wanted: (string | null)[] = [];
  /** Samples of microphone audio received. */
  receivedSamples = 0;
  /** Pieces of encoded microphone audio received. */
  readonly receivedPieces: Uint8Array[] = [];
  /** Connections opened so far, and those of them not closed by either side. */
  opened = 0;
  open = 0;
  /** While true, new connections are greeted at once. */
  isGreeting = true;
  /** While true, audio finds the way congested. */
  isCongested = false;
  /** When set, new connections are ended at once. */
  refusal: CloseCause | null = null;
  #listener: TransportListener | null = null;

  /** Gives the page its way to this server. */
  readonly connect = (listener: TransportListener, conversation: string | null = null): Transport => {
    this.wanted.push(conversation);
    this.opened += 1;
    this.open += 1;
    this.#listener = listener;
    // As a socket does, this one opens after its maker has it in hand.
    queueMicrotask(() => {
      if (this.#listener !== listener) return;
      if (this.refusal !== null) this.end(this.refusal);
      else if (this.isGreeting) this.say({ type: 'session.created' });
    });
    const takesAudio = (): boolean => this.#listener === listener && !this.isCongested;
    return {
      send: (event) => {
        if (this.#listener === listener) this.received.push(event);
      },
      sendAudio: (audio) => {
        if (!takesAudio()) return false;
        if (audio instanceof Int16Array) this.receivedSamples += audio.length;
        else this.receivedPieces.push(audio);
        return true;
      },
      takesAudio,
      close: () => {
        this.#hangUp(listener);
      },
    };
  };

  /** Sends events to the page. */
  say(...events: readonly ServerEvent[]): void {
    for (const event of events) this.#listener?.onEvent(event);
  }

  /** Sends audio to the page. */
  sound(frame: OutputAudioFrame): void {
    this.#listener?.onAudio(frame);
  }

  /** Sends something that is not the protocol. */
  mumble(reason: string): void {
    this.#listener?.onMalformed(reason);
  }

  /** Ends the present connection from the server's side. */
  end(cause: CloseCause): void {
    const listener = this.#listener;
    if (listener === null) return;
    this.#hangUp(listener);
    listener.onClose(cause);
  }

  /** Events of one type the page sent. */
  receivedOf<Type extends ClientEvent['type']>(type: Type): readonly Extract<ClientEvent, { type: Type }>[] {
    return this.received.filter(
      (event): event is Extract<ClientEvent, { type: Type }> => event.type === type,
    );
  }

  #hangUp(listener: TransportListener): void {
    if (this.#listener !== listener) return;
    this.#listener = null;
    this.open -= 1;
  }
}
