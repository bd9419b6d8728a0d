/**
 * The page as an application of its own: kept by the browser, opened without the server.
 *
 * Owns the service worker, and the loading of parts. Refuses to know what the page does.
 */
export { loadPart } from './load-part.ts';
export { registerShell } from './register.ts';
