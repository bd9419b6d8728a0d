/** Starts the page. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { AppRoot, createApp } from './app.tsx';
import type { FaceFeed } from './avatar/feed.ts';
import type { Diagnostics } from './conversation/index.ts';
import { registerShell } from './shell/index.ts';
import './ui/styles/index.css';

declare global {
  interface Window {
    /** Counters of this page, for tests and for whoever looks for a fault; reading is all they allow. */
    readonly __vivavoce: Diagnostics;
    /** What drives the face, for who measures how well it keeps time with the sound. */
    readonly __vivavoceFace: FaceFeed;
  }
}

const app = createApp();
Object.defineProperty(window, '__vivavoce', { get: () => Object.freeze(app.diagnostics()) });
Object.defineProperty(window, '__vivavoceFace', { value: app.services.face });
window.addEventListener('pagehide', app.leave);

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element #root');
createRoot(root).render(
  <StrictMode>
    <AppRoot app={app} />
  </StrictMode>,
);

registerShell();
