/**
 * Which requests the shell answers from what it keeps, and how: plain decisions, for the service worker to carry out.
 *
 * Owns the one rule that matters: nothing that the server says is ever kept, only the page itself.
 */

/** What the build made: the worker's list is written into it by the build. */
export interface ShellFiles {
  /** Changes whenever any of the files does. */
  readonly version: string;
  /** Relative to the worker. */
  readonly files: readonly string[];
}

/** `pass`: the network's business. `page`: the network, else what is kept. `part`: what is kept, else the network. */
export type Plan = 'pass' | 'page' | 'part';

interface Asked {
  readonly method: string;
  readonly mode: string;
  readonly url: string;
}

/** Spoken to by the page, and different at every answer. */
const OF_THE_SERVER = ['v1/', 'api/', 'health', 'metrics'];

const CACHE_PREFIX = 'vivavoce-shell-';
/** The present one, and the one before it: a page that is still open may load a part of its own version. */
const VERSIONS_KEPT = 2;

/** Where the answers begin that say that the server, or what it depends on, is out of order. */
const SERVER_FAILED = 500;

/** @param scope - the address of the folder that the worker is in. */
export function planFor({ method, mode, url }: Asked, scope: string): Plan {
  if (method !== 'GET' || !url.startsWith(scope)) return 'pass';
  const path = url.slice(scope.length).replace(/[?#].*$/, '');
  if (OF_THE_SERVER.some((start) => path.startsWith(start))) return 'pass';
  if (mode === 'navigate') return path === '' || path === 'index.html' ? 'page' : 'pass';
  return 'part';
}

/**
 * Returns the newest page there is: the server's; the kept one where the server does not answer, or where what stands before
 * it answers that it is away; and that answer where nothing is kept.
 *
 * @throws what `ask` throws, where nothing is kept.
 */
export async function newestPage(
  ask: () => Promise<Response>,
  kept: () => Promise<Response | undefined>,
): Promise<Response> {
  let answer: Response;
  try {
    answer = await ask();
  } catch (error) {
    const page = await kept();
    if (page === undefined) throw error;
    return page;
  }
  return answer.status < SERVER_FAILED ? answer : ((await kept()) ?? answer);
}

export function cacheName(version: string): string {
  return CACHE_PREFIX + version;
}

/** The caches of old versions that may go; those of others are not ours. Browsers name them oldest first. */
export function outdated(names: readonly string[], version: string): readonly string[] {
  const ours = names.filter((name) => name.startsWith(CACHE_PREFIX) && name !== cacheName(version));
  return ours.slice(0, Math.max(0, ours.length - (VERSIONS_KEPT - 1)));
}
