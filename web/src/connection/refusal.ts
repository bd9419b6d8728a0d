/** What a refusal means, by whichever of its three ways it arrives: an error event, a close code, an HTTP status. */
import type { CloseCause } from './transport.ts';

const UNAUTHORISED_CODES = new Set(['unauthorised', 'unauthorized', 'invalid_api_key', 'origin_not_allowed']);
const CAPACITY_CODES = new Set(['capacity', 'session_limit_reached', 'rate_limited', 'rate_limit_exceeded']);

/** Returns null for an error that refuses nothing. Each of these is the last word on its connection. */
export function causeOfErrorCode(code: string): CloseCause | null {
  if (UNAUTHORISED_CODES.has(code)) return 'unauthorised';
  if (CAPACITY_CODES.has(code)) return 'capacity';
  if (code === 'conversation_taken_over') return 'elsewhere';
  if (code === 'conversation_not_found') return 'unknown_conversation';
  return null;
}

/** By close code (RFC 6455, IANA registry, and 4000 plus an HTTP status); null when the code says nothing. */
export function causeOfClose(code: number): CloseCause | null {
  switch (code) {
    case 1008:
    case 3000:
    case 3003:
    case 4401:
    case 4403:
      return 'unauthorised';
    case 1013:
    case 4429:
    case 4503:
      return 'capacity';
    default:
      return null;
  }
}

/**
 * Asks the server over HTTP why it would not open a WebSocket, which the browser does not tell.
 *
 * @param url - an address that needs the same key.
 */
export async function probeRefusal(url: string, key: string | null): Promise<CloseCause> {
  const headers = key === null ? {} : { Authorization: `Bearer ${key}` };
  try {
    const { status } = await fetch(url, { headers, cache: 'no-store', signal: AbortSignal.timeout(5000) });
    if (status === 401 || status === 403) return 'unauthorised';
    if (status === 429 || status === 503) return 'capacity';
    return 'gone';
  } catch {
    // No answer, or none in time: whatever the reason, the server is not there for us.
    return 'gone';
  }
}
