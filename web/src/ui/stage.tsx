/** The heart of the page: who speaks, what goes on, and the words of this moment. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { stageOf } from '../state/index.ts';
import { Captions } from './captions.tsx';
import { CharacterSelect } from './character-select.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { LevelStrip } from './level-strip.tsx';
import { useConversation, useSounds } from './page-context.ts';
import { StateOrb } from './state-orb.tsx';

export function Stage(): ReactNode {
  const { t } = useTranslation();
  const { state } = useConversation(stageOf);
  return (
    <section className="stage" aria-label={t('stage.area')} data-mood={state} data-figure="disc">
      <CharacterSelect />
      <ErrorBoundary>
        <StateRow />
      </ErrorBoundary>
      <ErrorBoundary>
        <Captions />
      </ErrorBoundary>
    </section>
  );
}

/** The state between the two sounds it comes from. */
function StateRow(): ReactNode {
  const { t } = useTranslation();
  const sounds = useSounds();
  const isRunning = useConversation(({ phase }) => phase === 'running');
  return (
    <div className="state-row">
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
  );
}
