/** Whether the server answers at all. */
import { ApiError } from './client.ts';
import type { Api } from './client.ts';

/** A proxy's words for a server that does not answer it. Its 503 may as well be the server's own, which is not ready. */
const NOBODY_BEHIND = [502, 504];

/** What it answers does not matter here: one that is not ready yet is there. */
export async function isServerThere(api: Api, signal: AbortSignal): Promise<boolean> {
  try {
    await api.fetch('health', { signal });
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) return false;
    return error.code !== 'unreachable' && !NOBODY_BEHIND.includes(error.status);
  }
}
