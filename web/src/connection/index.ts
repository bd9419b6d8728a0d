/**
 * The link to the server: opening, losing, opening again, giving up.
 *
 * Owns the transport interface and its WebSocket, the rhythm of reconnecting, what a refusal means, and a scripted
 * transport for tests. Refuses to know what the events say (beyond refusals), audio devices, and the page.
 */
export { DEFAULT_BACKOFF } from './backoff.ts';
export type { BackoffPolicy } from './backoff.ts';
export { Link } from './link.ts';
export type { LinkListener, LinkStatus } from './link.ts';
export { probeRefusal } from './refusal.ts';
export { ScriptedServer } from './scripted.ts';
export type { CloseCause, OpenTransport, Transport, TransportListener } from './transport.ts';
export { openWebSocket } from './websocket.ts';
export type { WebSocketOptions } from './websocket.ts';
