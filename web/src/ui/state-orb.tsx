/** The big indicator. Each state has its own shape, so that it reads without colour and without motion. */
import { useRef } from 'react';
import type { ReactNode, RefObject } from 'react';
import { useTranslation } from 'react-i18next';

import { stageOf } from '../state/index.ts';
import type { Stage } from '../state/index.ts';
import { MicOffIcon, STATE_ICONS } from './icons.tsx';
import { loudness } from './levels.ts';
import { useConversation, useIntents, useSounds } from './page-context.ts';
import { useFrames } from './use-frames.ts';

const LOOK_SAMPLES = 512;
/** How much of the way to the new level the disc goes each frame. */
const SWIFTNESS = 0.4;

export function StateOrb(): ReactNode {
  const { t } = useTranslation();
  const { state, hint } = useConversation(stageOf);
  const expression = useConversation((all) => all.expression?.name);
  return (
    <div
      className="orb"
      data-testid="state"
      data-state={state}
      data-expression={expression}
      role="group"
      aria-label={t('stage.label')}
    >
      <Disc state={state} hint={hint} />
      <Words state={state} hint={hint} />
    </div>
  );
}

/** A second way to start for the hand that goes to the picture; the button is the one for all. */
function Disc({ state, hint }: Stage): ReactNode {
  const intents = useIntents();
  const isStopped = useConversation(({ phase }) => phase === 'stopped');
  const disc = useLevel(state);
  const Icon = hint === 'muted' ? MicOffIcon : STATE_ICONS[state];
  return (
    <div
      className="orb-disc"
      ref={disc}
      aria-hidden="true"
      data-startable={isStopped}
      onClick={isStopped ? () => void intents.start({ microphone: true }) : undefined}
    >
      <span className="orb-halo" />
      <span className="orb-ring" />
      <span className="orb-core">
        <Icon />
      </span>
    </div>
  );
}

function Words({ state, hint }: Stage): ReactNode {
  const { t } = useTranslation();
  const isConnecting = hint === 'connecting' || hint === 'reconnecting';
  return (
    <p className="orb-words">
      <strong className="orb-state">{t(`stage.${isConnecting ? 'connecting' : state}`)}</strong>
      <span className="orb-hint" data-testid="hint">
        {t(`hint.${hint}`)}
      </span>
    </p>
  );
}

/** @returns what to put on the element whose `--level` follows whoever speaks. */
function useLevel(state: Stage['state']): RefObject<HTMLDivElement | null> {
  const sounds = useSounds();
  const disc = useRef<HTMLDivElement>(null);
  const level = useRef(0);
  const look = useRef(new Float32Array(LOOK_SAMPLES));
  useFrames(state === 'listening' || state === 'speaking', () => {
    const sound = state === 'speaking' ? sounds.reply : sounds.microphone;
    sound?.read(look.current);
    const target = sound === null ? 0 : loudness(look.current);
    level.current += SWIFTNESS * (target - level.current);
    disc.current?.style.setProperty('--level', level.current.toFixed(3));
  });
  return disc;
}
