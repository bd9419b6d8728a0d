import { afterEach, describe, expect, it, vi } from 'vitest';

import { causeOfClose, causeOfErrorCode, probeRefusal } from './refusal.ts';
import type { CloseCause, Transport } from './transport.ts';
import { openWebSocket } from './websocket.ts';

/** The browser's socket, as far as the transport uses it. */
class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  static last: FakeSocket;
  readyState = 0;
  bufferedAmount = 0;
  binaryType = 'blob';
  readonly sent: unknown[] = [];
  closedWith: number | undefined;
  listeners = 0;

  readonly url: string;
  readonly protocols: readonly string[];

  constructor(url: string, protocols: readonly string[]) {
    super();
    this.url = url;
    this.protocols = protocols;
    FakeSocket.last = this;
  }

  send(data: unknown): void {
    this.sent.push(data);
  }

  close(code: number): void {
    this.closedWith = code;
  }

  becomeOpen(): void {
    this.readyState = FakeSocket.OPEN;
    this.dispatchEvent(new Event('open'));
  }

  receive(data: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }

  end(code: number): void {
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event('close'), { code }));
  }
}

function opened(key: string | null = null, probed: CloseCause = 'gone') {
  vi.stubGlobal('WebSocket', FakeSocket);
  const listener = { onEvent: vi.fn(), onAudio: vi.fn(), onMalformed: vi.fn(), onClose: vi.fn() };
  const probe = vi.fn(() => Promise.resolve(probed));
  const transport: Transport = openWebSocket(() => ({ url: 'ws://here/v1/realtime', key, probe }))(listener);
  return { transport, listener, probe, socket: FakeSocket.last };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('openWebSocket', () => {
  it('should offer the extension, and the key only when there is one', () => {
    expect(opened().socket.protocols).toEqual(['vivavoce.v1']);
    expect(opened('sesame').socket.protocols).toEqual(['vivavoce.v1', 'openai-insecure-api-key.sesame']);
  });

  it('should encode a key that no subprotocol can be named after', () => {
    expect(opened('c2Vj=/ (é)').socket.protocols).toEqual([
      'vivavoce.v1',
      'openai-insecure-api-key.c2Vj%3D%2F%20%28%C3%A9%29',
    ]);
  });

  it('should hand on events, audio and noise, each to its own ear', () => {
    const { socket, listener } = opened();
    socket.becomeOpen();
    socket.receive('{"type":"session.created","session":{}}');
    socket.receive('{"type":"rate_limits.updated"}');
    socket.receive('{');
    const frame = new ArrayBuffer(18);
    new DataView(frame).setUint8(0, 2);
    socket.receive(frame);
    socket.receive(new ArrayBuffer(3));
    expect(listener.onEvent.mock.calls).toEqual([[{ type: 'session.created' }]]);
    expect(listener.onAudio).toHaveBeenCalledOnce();
    expect(listener.onMalformed).toHaveBeenCalledTimes(2);
  });

  it('should send nothing before the socket is open', () => {
    const { socket, transport } = opened();
    transport.send({ type: 'response.create' });
    expect(transport.sendAudio(new Int16Array(1))).toBe(false);
    expect(socket.sent).toEqual([]);
    socket.becomeOpen();
    transport.send({ type: 'response.create' });
    expect(socket.sent).toEqual(['{"type":"response.create"}']);
  });

  it('should drop audio while the socket is congested', () => {
    const { socket, transport } = opened();
    socket.becomeOpen();
    socket.bufferedAmount = 1_000_000;
    expect(transport.sendAudio(new Int16Array(480))).toBe(false);
    expect(transport.takesAudio()).toBe(false);
    socket.bufferedAmount = 0;
    expect(transport.takesAudio()).toBe(true);
    expect(transport.sendAudio(new Int16Array(480))).toBe(true);
  });

  it('should hear nothing more after it was closed', () => {
    const { socket, transport, listener } = opened();
    socket.becomeOpen();
    transport.close();
    socket.receive('{"type":"session.created"}');
    socket.end(1000);
    expect(socket.closedWith).toBe(1000);
    expect(listener.onEvent).not.toHaveBeenCalled();
    expect(listener.onClose).not.toHaveBeenCalled();
  });

  it('should ask why when the handshake failed', async () => {
    const { socket, listener, probe } = opened(null, 'unauthorised');
    socket.end(1006);
    await vi.waitFor(() => {
      expect(listener.onClose).toHaveBeenCalledWith('unauthorised');
    });
    expect(probe).toHaveBeenCalledOnce();
  });

  it('should believe the last error event before the end', async () => {
    const { socket, listener, probe } = opened();
    socket.becomeOpen();
    socket.receive('{"type":"error","error":{"type":"x","code":"session_limit_reached","message":"full"}}');
    socket.end(1000);
    await vi.waitFor(() => {
      expect(listener.onClose).toHaveBeenCalledWith('capacity');
    });
    expect(probe).not.toHaveBeenCalled();
  });

  it('should take the loss of an open connection for gone', async () => {
    const { socket, listener } = opened();
    socket.becomeOpen();
    socket.end(1006);
    await vi.waitFor(() => {
      expect(listener.onClose).toHaveBeenCalledWith('gone');
    });
  });
});

describe('refusals', () => {
  it('should tell a refusal from an ordinary error', () => {
    expect(causeOfErrorCode('invalid_api_key')).toBe('unauthorised');
    expect(causeOfErrorCode('rate_limited')).toBe('capacity');
    expect(causeOfErrorCode('response_cancel_not_active')).toBeNull();
    expect(causeOfClose(4401)).toBe('unauthorised');
    expect(causeOfClose(1013)).toBe('capacity');
    expect(causeOfClose(1001)).toBeNull();
    expect(causeOfClose(3000)).toBe('unauthorised');
  });

  it.each([
    ['invalid_value', 1008, 'refused'],
    ['origin_not_allowed', 3003, 'refused'],
    ['persona_not_found', 1008, 'unknown_character'],
    ['conversation_not_found', 1008, 'unknown_conversation'],
    ['invalid_api_key', 3000, 'unauthorised'],
    ['server_busy', 1013, 'capacity'],
    ['something_broke', 1011, 'gone'],
  ])('should take %s, closed with %d, for %s', async (code, closedWith, cause) => {
    const { socket, listener } = opened();
    socket.becomeOpen();
    socket.receive(JSON.stringify({ type: 'error', error: { type: 'x', code, message: 'Why.' } }));
    socket.end(closedWith);
    await vi.waitFor(() => {
      expect(listener.onClose).toHaveBeenCalledWith(cause);
    });
  });

  it.each([
    [401, 'unauthorised'],
    [503, 'capacity'],
    [200, 'gone'],
  ])('should read HTTP status %d as %s', async (status, cause) => {
    const fetched = vi.fn(() => Promise.resolve({ status }));
    vi.stubGlobal('fetch', fetched);
    expect(await probeRefusal('http://here/v1/models', 'sesame')).toBe(cause);
    expect(fetched.mock.calls[0]).toMatchObject([
      'http://here/v1/models',
      { headers: { Authorization: 'Bearer sesame' } },
    ]);
  });

  it('should read no answer as gone', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed to fetch')));
    expect(await probeRefusal('http://here/v1/models', null)).toBe('gone');
  });
});
