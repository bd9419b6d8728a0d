/** Start, stop, mute, interrupt, and how the user takes a turn. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { canInterrupt, canTalk } from '../state/index.ts';
import type { Mode } from '../state/index.ts';
import { HandIcon, InterruptIcon, MicIcon, MicOffIcon, StopIcon, WaveIcon } from './icons.tsx';
import { useConversation, useIntents } from './page-context.ts';
import { useHoldButton } from './use-hold-button.ts';

export function Controls(): ReactNode {
  const { t } = useTranslation();
  const mode = useConversation(({ preferences }) => preferences.mode);
  const canHold = useConversation(
    ({ phase, hasMicrophone, preferences }) =>
      phase === 'running' && hasMicrophone && preferences.mode === 'push-to-talk',
  );
  return (
    <section className="controls" aria-label={t('controls.label')} data-holds={canHold}>
      <ModeSwitch mode={mode} />
      <MuteButton />
      {canHold && <TalkButton />}
      <StartButton />
      <StopButton />
      <InterruptButton />
    </section>
  );
}

/** For who is silent so far: before the conversation, and while it is typed only. */
function StartButton(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const isWanted = useConversation(
    ({ phase, hasMicrophone }) => phase === 'stopped' || (phase === 'running' && !hasMicrophone),
  );
  if (!isWanted) return null;
  return (
    <button
      type="button"
      className="main-button start"
      data-testid="start"
      onClick={() => void intents.start({ microphone: true })}
    >
      <MicIcon />
      {t('controls.start')}
    </button>
  );
}

function StopButton(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const isStopped = useConversation(({ phase }) => phase === 'stopped');
  if (isStopped) return null;
  return (
    <button
      type="button"
      className="main-button stop"
      data-testid="stop"
      onClick={() => {
        intents.stop();
      }}
    >
      <StopIcon />
      {t('controls.stop')}
    </button>
  );
}

function MuteButton(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const isMuted = useConversation((state) => state.isMuted);
  const isUsable = useConversation((state) => state.hasMicrophone);
  const isTyping = useConversation(({ phase, hasMicrophone }) => phase === 'running' && !hasMicrophone);
  if (isTyping) return null;
  return (
    <button
      type="button"
      className="side-button"
      data-testid="mute"
      aria-pressed={isMuted}
      disabled={!isUsable}
      onClick={() => {
        intents.setMuted(!isMuted);
      }}
    >
      {isMuted ? <MicOffIcon /> : <MicIcon />}
      <span>{isMuted ? t('controls.unmute') : t('controls.mute')}</span>
    </button>
  );
}

function InterruptButton(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const isUsable = useConversation(canInterrupt);
  return (
    <button
      type="button"
      className="side-button"
      data-testid="interrupt"
      disabled={!isUsable}
      onClick={() => {
        intents.interrupt();
      }}
    >
      <InterruptIcon />
      <span>{t('controls.interrupt')}</span>
    </button>
  );
}

function TalkButton(): ReactNode {
  const { t } = useTranslation();
  const isHolding = useConversation((state) => state.isHolding);
  const isUsable = useConversation(canTalk);
  const hold = useHoldButton();
  return (
    <button
      type="button"
      className="talk-button"
      data-testid="ptt"
      data-holding={isHolding}
      aria-keyshortcuts="Space"
      disabled={!isUsable}
      {...hold}
    >
      <MicIcon />
      {isHolding ? t('controls.release') : t('controls.hold')}
      <kbd>{t('controls.space')}</kbd>
    </button>
  );
}

const MODES = [
  { mode: 'hands-free', text: 'controls.hands_free', Icon: WaveIcon },
  { mode: 'push-to-talk', text: 'controls.push_to_talk', Icon: HandIcon },
] as const;

function ModeSwitch({ mode: chosen }: { readonly mode: Mode }): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  return (
    <fieldset className="modes" data-testid="mode-switch" data-mode={chosen}>
      <legend className="unseen">{t('controls.mode')}</legend>
      {MODES.map(({ mode, text, Icon }) => (
        <label key={mode} className="mode" data-testid={`mode-${mode}`}>
          <input
            type="radio"
            name="mode"
            className="unseen"
            checked={mode === chosen}
            onChange={() => {
              intents.setPreferences({ mode });
            }}
          />
          <Icon />
          <span>{t(text)}</span>
        </label>
      ))}
    </fieldset>
  );
}
