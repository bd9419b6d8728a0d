/** Whether the server answers at all. */
import { ApiError } from './client.ts';
import type { Api } from './client.ts';

/** What it answers does not matter here: one that is not ready yet is there. */
export async function isServerThere(api: Api, signal: AbortSignal): Promise<boolean> {
  try {
    await api.fetch('health', { signal });
    return true;
  } catch (error) {
    return error instanceof ApiError && error.code !== 'unreachable';
  }
}
