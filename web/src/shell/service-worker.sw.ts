/**
 * The service worker: keeps the page itself, so that it opens when the server is away.
 *
 * Owns the caches of the shell. Refuses to touch anything the server says: see `plan.ts`.
 */
import { cacheName, newestPage, outdated, planFor } from './plan.ts';
import type { ShellFiles } from './plan.ts';

declare const self: ServiceWorkerGlobalScope;
/** Written in by the build. */
declare const __SHELL__: ShellFiles;

const PAGE = 'index.html';
/** A server that does not answer by then is treated as away. */
const PATIENCE_MS = 4000;

const { version, files } = __SHELL__;
const scope = new URL('./', self.location.href).href;

self.addEventListener('install', (event) => {
  event.waitUntil(keepShell());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(takeOver());
});

self.addEventListener('fetch', (event) => {
  switch (planFor(event.request, scope)) {
    case 'page':
      event.respondWith(pageFor(event.request));
      break;
    case 'part':
      event.respondWith(partFor(event.request));
      break;
    case 'pass':
      break;
  }
});

/** All or nothing: a shell with a part missing would open a broken page. */
async function keepShell(): Promise<void> {
  const cache = await caches.open(cacheName(version));
  await cache.addAll(files.map((file) => new Request(new URL(file, scope), { cache: 'no-cache' })));
  // Parts carry their content's hash in their names: a page of the old version goes on with the new worker.
  await self.skipWaiting();
}

async function takeOver(): Promise<void> {
  await Promise.all(outdated(await caches.keys(), version).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** The kept one has the parts that belong to it. */
function pageFor(request: Request): Promise<Response> {
  return newestPage(
    () => fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) }),
    async () => (await caches.open(cacheName(version))).match(new URL(PAGE, scope).href),
  );
}

async function partFor(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreSearch: true })) ?? (await fetch(request));
}
