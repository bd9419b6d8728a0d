/** What the user thinks of a reply, kept with it on the server. */
import type { Api } from './client.ts';

export type Rating = 'up' | 'down';

/**
 * Keeps a rating; null takes it back.
 *
 * @throws ApiError `entry_not_found` while the reply is not written down yet; otherwise as {@link Api.json}.
 */
export async function putRating(
  api: Api,
  { conversation, entry }: { readonly conversation: string; readonly entry: string },
  rating: Rating | null,
): Promise<void> {
  const path = `v1/conversations/${encodeURIComponent(conversation)}/entries/${encodeURIComponent(entry)}/rating`;
  await api.json(path, { method: 'PUT', body: { rating } });
}
