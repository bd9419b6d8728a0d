/** The page as a whole: what is where, and which part may fail without the others. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { Composer } from './composer.tsx';
import { Controls } from './controls.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { Header, RecordingBadge } from './header.tsx';
import { LevelStrip } from './level-strip.tsx';
import { Notices } from './notices.tsx';
import { OpenRoom } from './rooms/index.ts';
import { useConversation, useSounds } from './page-context.ts';
import { StateOrb } from './state-orb.tsx';
import { Transcript } from './transcript.tsx';
import { useShortcuts } from './use-shortcuts.ts';

export function Page(): ReactNode {
  useShortcuts();
  return (
    <div className="page">
      <Header />
      <RecordingBadge />
      <Notices />
      <main className="room">
        <Stage />
        <div className="talk">
          <ErrorBoundary>
            <Transcript />
          </ErrorBoundary>
          <Composer />
        </div>
      </main>
      <OpenRoom />
    </div>
  );
}

function Stage(): ReactNode {
  const { t } = useTranslation();
  const sounds = useSounds();
  const isRunning = useConversation(({ phase }) => phase === 'running');
  return (
    <section className="stage" aria-label={t('controls.label')}>
      <div className="stage-sight">
        <LevelStrip
          name="mic-level"
          label={t('levels.microphone')}
          caption={t('levels.you')}
          isActive={isRunning}
          read={() => sounds.microphone}
        />
        <StateOrb />
        <LevelStrip
          name="reply-level"
          label={t('levels.reply')}
          caption={t('levels.assistant')}
          isActive={isRunning}
          read={() => sounds.reply}
        />
      </div>
      <Controls />
    </section>
  );
}
