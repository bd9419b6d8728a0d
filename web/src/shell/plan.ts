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

/** @param scope - the address of the folder that the worker is in. */
export function planFor({ method, mode, url }: Asked, scope: string): Plan {
  if (method !== 'GET' || !url.startsWith(scope)) return 'pass';
  const path = url.slice(scope.length).replace(/[?#].*$/, '');
  if (OF_THE_SERVER.some((start) => path.startsWith(start))) return 'pass';
  if (mode === 'navigate') return path === '' || path === 'index.html' ? 'page' : 'pass';
  return 'part';
}

export function cacheName(version: string): string {
  return CACHE_PREFIX + version;
}

/** The caches of old versions that may go; those of others are not ours. Browsers name them oldest first. */
export function outdated(names: readonly string[], version: string): readonly string[] {
  const ours = names.filter((name) => name.startsWith(CACHE_PREFIX) && name !== cacheName(version));
  return ours.slice(0, Math.max(0, ours.length - (VERSIONS_KEPT - 1)));
}
