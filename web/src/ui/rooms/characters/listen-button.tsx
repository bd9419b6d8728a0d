/** Lets a voice be heard, and stops it. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { SpeechWish } from '../../../api/index.ts';
import { StopIcon, WaveIcon } from '../../icons.tsx';
import type { SpeechPreview } from '../preview/use-speech-preview.ts';

interface ListenProps {
  readonly preview: SpeechPreview;
  /** Which of the voices in the room this is. */
  readonly name: string;
  readonly label: string;
  readonly wish: () => SpeechWish;
}

export function ListenButton({ preview, name, label, wish }: ListenProps): ReactNode {
  const { t } = useTranslation();
  const { state, toggle } = preview;
  const kind = state.kind !== 'silent' && state.name === name ? state.kind : 'silent';
  const isOn = kind === 'fetching' || kind === 'playing';
  return (
    <button
      type="button"
      className="plain-button"
      data-testid="listen"
      data-preview={kind}
      aria-pressed={isOn}
      aria-label={label}
      onClick={() => {
        toggle(name, wish());
      }}
    >
      {isOn ? <StopIcon /> : <WaveIcon />}
      {t(LABELS[kind])}
    </button>
  );
}

const LABELS = {
  silent: 'characters.listen_short',
  failed: 'characters.listen_short',
  fetching: 'characters.listen_wait',
  playing: 'characters.listen_stop',
} as const;

/** Why a voice was not heard; nothing where it was. */
export function PreviewTrouble({ preview: { state } }: { readonly preview: SpeechPreview }): ReactNode {
  const { t } = useTranslation();
  if (state.kind !== 'failed') return null;
  return (
    <p className="note" data-tone="error" role="alert">
      {t('characters.listen_failed', { reason: state.reason })}
    </p>
  );
}
