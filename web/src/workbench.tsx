/**
 * A page with nothing but a face, for looking at it and for measuring it: `face.html?kind=head&look=viva&theme=dark`.
 *
 * Composes a face with a feed that plays a part. Not linked from anywhere.
 */
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';

import { Face, FACE_KINDS, keepOwnAvatar, lookFor, removeOwnAvatar } from './avatar/index.ts';
import type { FaceKind, Mood } from './avatar/index.ts';
import { ScriptedFeed } from './avatar/workbench/scripted-feed.ts';
import { Workbench } from './avatar/workbench/workbench.ts';
import { createTranslations } from './i18n/index.ts';
import './ui/styles/tokens.css';

declare global {
  interface Window {
    __face: Workbench;
    __avatars: { keep: typeof keepOwnAvatar; remove: typeof removeOwnAvatar };
  }
}

const wishes = new URLSearchParams(location.search);
const isKind = (name: string): name is FaceKind => (FACE_KINDS as readonly string[]).includes(name);
const kind = wishes.get('kind') ?? 'head';
const theme = wishes.get('theme') === 'dark' ? 'dark' : 'light';

const feed = new ScriptedFeed(() => performance.now());
feed.mood = (wishes.get('mood') ?? 'idle') as Mood;
const workbench = new Workbench(feed);
window.__face = workbench;
window.__avatars = { keep: keepOwnAvatar, remove: removeOwnAvatar };

const root = document.getElementById('root');
if (root === null) throw new Error('face.html has no element #root');
Object.assign(document.body.style, { margin: '0', font: '16px system-ui' });
root.style.height = '100vh';
createRoot(root).render(
  <I18nextProvider i18n={createTranslations('en')}>
    <Face
      kind={isKind(kind) ? kind : 'head'}
      feed={feed}
      look={lookFor(wishes.get('look') ?? 'viva')}
      theme={theme}
      watch={workbench}
      onError={({ code }) => {
        workbench.problems.push(code);
      }}
    />
  </I18nextProvider>,
);
