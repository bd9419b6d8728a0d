/** What the user thinks of a reply, kept with it on the server. */
import { ApiError } from './client.ts';
import type { Api } from './client.ts';

export type Rating = 'up' | 'down';

/** A reply is written down a moment after it was spoken, and with the first one the conversation. */
const NOT_WRITTEN_YET: ReadonlySet<string> = new Set([
  'entry_not_found',
  'conversation_not_found',
  'unreachable',
]);

/** Whether the server may know the reply in a moment. */
export function mayBeThereSoon(error: unknown): boolean {
  return error instanceof ApiError && NOT_WRITTEN_YET.has(error.code);
}

/**
 * Keeps a rating; null takes it back.
 *
 * @throws ApiError as {@link Api.json}; {@link mayBeThereSoon} tells what is worth another try.
 */
export async function putRating(
  api: Api,
  { conversation, entry }: { readonly conversation: string; readonly entry: string },
  rating: Rating | null,
): Promise<void> {
  const path = `v1/conversations/${encodeURIComponent(conversation)}/entries/${encodeURIComponent(entry)}/rating`;
  await api.json(path, { method: 'PUT', body: { rating } });
}
