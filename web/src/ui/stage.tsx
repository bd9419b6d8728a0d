/** The heart of the page: who speaks, what goes on, and the words of this moment. */
import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { Face, lookFor } from '../avatar/index.ts';
import { partnerOf, stageOf } from '../state/index.ts';
import { Captions } from './captions.tsx';
import { CharacterSelect } from './character-select.tsx';
import { HearingHint } from './devices/hearing-hint.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { LevelStrip } from './level-strip.tsx';
import { useConversation, useFace, useSounds } from './page-context.ts';
import { StateOrb } from './state-orb.tsx';

export function Stage(): ReactNode {
  const { t } = useTranslation();
  const { state } = useConversation(stageOf);
  const hasFace = useConversation(({ preferences }) => preferences.face !== 'none');
  return (
    <section
      className="stage"
      aria-label={t('stage.area')}
      data-mood={state}
      data-figure={hasFace ? 'face' : 'disc'}
    >
      <CharacterSelect />
      {hasFace && (
        <div className="figure">
          <ErrorBoundary>
            <Figure />
          </ErrorBoundary>
        </div>
      )}
      <ErrorBoundary>
        <StateRow />
      </ErrorBoundary>
      <HearingHint />
      <ErrorBoundary>
        <Captions />
      </ErrorBoundary>
    </section>
  );
}

/** Who speaks. Where there is no face, the disc of the state is the figure. */
function Figure(): ReactNode {
  const feed = useFace();
  const kind = useConversation(({ preferences }) => preferences.face);
  const theme = useConversation(({ preferences }) => preferences.theme);
  const character = useConversation((state) => partnerOf(state).character);
  const isCalm = useConversation(({ preferences }) => preferences.motion === 'reduced');
  const look = useMemo(() => lookFor(character), [character]);
  return <Face kind={kind} feed={feed} look={look} theme={theme} isCalm={isCalm} />;
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
