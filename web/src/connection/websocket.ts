/** A transport over one WebSocket with the `vivavoce.v1` subprotocol. */
import { FrameError, packInputAudio, parseServerEvent, unpackOutputAudio } from '../protocol/index.ts';
import type { ClientEvent, InputAudio, ServerEvent } from '../protocol/index.ts';
import { causeOfClose, causeOfErrorCode } from './refusal.ts';
import type { CloseCause, OpenTransport, Transport, TransportListener } from './transport.ts';

/** Audio waiting in the socket beyond this is dropped: five seconds that nobody wants to hear late. */
const MAX_WAITING_BYTES = 240_000;

export interface WebSocketOptions {
  /** Address with scheme `ws:` or `wss:`. */
  readonly url: string;
  /** Key for a server that asks for one; null for one that does not. */
  readonly key: string | null;
  /** Asked when the handshake failed, which a browser reports without a reason. */
  readonly probe: () => Promise<CloseCause>;
}

/** Makes transports for one server; the options are read anew for each, so a key may change between them. */
export function openWebSocket(options: () => WebSocketOptions): OpenTransport {
  return (listener) => new WebSocketTransport(options(), listener);
}

/** A key as the name of a subprotocol, which holds no spaces and few signs (RFC 9110, token): others are percent-encoded. */
function keyProtocol(key: string): string {
  const isToken = /^[\w!#$%&'*+.^`|~-]+$/.test(key);
  const name = isToken ? key : encodeURIComponent(key).replaceAll('(', '%28').replaceAll(')', '%29');
  return `openai-insecure-api-key.${name}`;
}

class WebSocketTransport implements Transport {
  readonly #socket: WebSocket;
  readonly #probe: () => Promise<CloseCause>;
  readonly #closed = new AbortController();
  #listener: TransportListener | null;
  #wasOpen = false;
  /** What the last event said about refusing, if it was an error. */
  #refusal: CloseCause | null = null;

  constructor({ url, key, probe }: WebSocketOptions, listener: TransportListener) {
    this.#probe = probe;
    this.#listener = listener;
    const protocols = ['vivavoce.v1', ...(key === null ? [] : [keyProtocol(key)])];
    this.#socket = new WebSocket(url, protocols);
    this.#socket.binaryType = 'arraybuffer';
    const { signal } = this.#closed;
    this.#socket.addEventListener('open', () => (this.#wasOpen = true), { signal });
    this.#socket.addEventListener(
      'message',
      ({ data }: MessageEvent<unknown>) => {
        this.#received(data);
      },
      { signal },
    );
    this.#socket.addEventListener('close', ({ code }) => void this.#ended(code), { signal });
  }

  send(event: ClientEvent): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(event));
  }

  sendAudio(audio: InputAudio): boolean {
    if (!this.takesAudio()) return false;
    this.#socket.send(packInputAudio(audio));
    return true;
  }

  takesAudio(): boolean {
    const { readyState, bufferedAmount } = this.#socket;
    return readyState === WebSocket.OPEN && bufferedAmount <= MAX_WAITING_BYTES;
  }

  close(): void {
    this.#listener = null;
    this.#closed.abort();
    this.#socket.close(1000);
  }

  #received(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      this.#receivedAudio(data);
    } else if (typeof data === 'string') {
      const parsed = parseServerEvent(data);
      if (parsed.kind === 'event') this.#receivedEvent(parsed.event);
      else if (parsed.kind === 'malformed') this.#listener?.onMalformed(parsed.reason);
    }
  }

  #receivedEvent(event: ServerEvent): void {
    this.#refusal = event.type === 'error' ? causeOfErrorCode(event.error.code) : null;
    this.#listener?.onEvent(event);
  }

  #receivedAudio(data: ArrayBuffer): void {
    try {
      this.#listener?.onAudio(unpackOutputAudio(data));
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#listener?.onMalformed(error.message);
    }
  }

  async #ended(code: number): Promise<void> {
    this.#closed.abort();
    const cause = this.#refusal ?? causeOfClose(code) ?? (this.#wasOpen ? 'gone' : await this.#probe());
    this.#listener?.onClose(cause);
    this.#listener = null;
  }
}
