/** Installs the shell: the page then opens without its server too. Only a built page on a secure address has one. */

/** Does nothing where there is none; what goes wrong leaves the page as it is without. */
export function registerShell(): void {
  // Typed as always there; pages that are not secure lack it.
  const { serviceWorker } = navigator as { serviceWorker?: ServiceWorkerContainer };
  if (!import.meta.env.PROD || !window.isSecureContext || serviceWorker === undefined) return;
  const register = (): void => {
    serviceWorker.register(new URL('service-worker.js', document.baseURI)).catch(() => undefined);
  };
  // The first visit's own files come first.
  if (document.readyState === 'complete') register();
  else window.addEventListener('load', register, { once: true });
}
