/** What a refusal means, by whichever of its three ways it arrives: an error event, a close code, an HTTP status. */
import type { CloseCause } from './transport.ts';

const CAUSES: ReadonlyMap<string, CloseCause> = new Map<string, CloseCause>([
  ['unauthorised', 'unauthorised'],
  ['unauthorized', 'unauthorised'],
  ['invalid_api_key', 'unauthorised'],
  ['capacity', 'capacity'],
  ['session_limit_reached', 'capacity'],
  ['server_busy', 'capacity'],
  ['rate_limited', 'capacity'],
  ['rate_limit_exceeded', 'capacity'],
  ['origin_not_allowed', 'refused'],
  ['conversation_taken_over', 'elsewhere'],
  ['conversation_not_found', 'unknown_conversation'],
  ['persona_not_found', 'unknown_character'],
]);

/** Returns null for an error that refuses nothing. Each of these is the last word where its connection ends. */
export function causeOfErrorCode(code: string): CloseCause | null {
  return CAUSES.get(code) ?? null;
}

/** By close code (RFC 6455, IANA registry, and 4000 plus an HTTP status); null when the code says nothing. */
export function causeOfClose(code: number): CloseCause | null {
  switch (code) {
    case 3000:
    case 4401:
    case 4403:
      return 'unauthorised';
    // Policy: what of it was broken, the error event before it has said.
    case 1008:
    case 3003:
      return 'refused';
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
