/** The page as a whole: what is where, and which part may fail without the others. */
import { useState } from 'react';
import type { ReactNode } from 'react';

import { Announcer } from './announcer.tsx';
import { Composer } from './composer.tsx';
import { Controls } from './controls.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { Header, RecordingBadge } from './header.tsx';
import { Notices } from './notices.tsx';
import { OpenRoom } from './rooms/index.ts';
import { SkipLink } from './skip-link.tsx';
import { Stage } from './stage.tsx';
import { Transcript } from './transcript.tsx';
import { useShortcuts } from './use-shortcuts.ts';
import { useThemeColour } from './use-theme-colour.ts';

/** Where the skip link goes. */
const MAIN = 'conversation';

export function Page(): ReactNode {
  return (
    <ErrorBoundary>
      <Parts />
    </ErrorBoundary>
  );
}

/** The conversation is none of them: whichever fails, it goes on. */
function Parts(): ReactNode {
  useShortcuts();
  useThemeColour();
  // Only where a screen is too small for both does it matter which of face and transcript is in front.
  const [isReading, setReading] = useState(false);
  return (
    <div className="page" data-reading={isReading}>
      <SkipLink to={MAIN} />
      <ErrorBoundary>
        <Header />
      </ErrorBoundary>
      <ErrorBoundary>
        <RecordingBadge />
      </ErrorBoundary>
      <ErrorBoundary>
        <Notices />
      </ErrorBoundary>
      <main className="room" id={MAIN} tabIndex={-1}>
        <Stage />
        <ErrorBoundary>
          <Controls />
        </ErrorBoundary>
        <div className="talk">
          <ErrorBoundary>
            <Transcript />
          </ErrorBoundary>
          <ErrorBoundary>
            <Composer isReading={isReading} onRead={setReading} />
          </ErrorBoundary>
        </div>
      </main>
      <ErrorBoundary>
        <OpenRoom />
      </ErrorBoundary>
      <ErrorBoundary>
        <Announcer />
      </ErrorBoundary>
    </div>
  );
}
