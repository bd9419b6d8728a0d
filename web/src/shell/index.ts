/**
 * The page as an application of its own: kept by the browser, opened without the server.
 *
 * Owns the service worker. Refuses to know what the page does.
 */
export { registerShell } from './register.ts';
