/** Where the server is: wherever the page came from; and how it is asked for a conversation. */
import { probeRefusal } from '../connection/index.ts';
import type { WebSocketOptions } from '../connection/index.ts';

/** @param query - what the session is to know from its first moment on. */
export function realtimeAt(key: string | null, query: Readonly<Record<string, string>>): WebSocketOptions {
  const url = new URL('v1/realtime?model=local', document.baseURI);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const models = new URL('v1/models', document.baseURI).href;
  return { url: url.href, key, probe: () => probeRefusal(models, key) };
}

/** For trying out, in any browser, what one without an audio thread gets: `?input=webm`. */
export function isPlainWanted(): boolean {
  return new URLSearchParams(window.location.search).get('input') === 'webm';
}
