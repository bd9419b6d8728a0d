/** Plays the sound of one thing that was said; it is fetched when it is wanted. */
import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { entrySound } from '../../../api/conversations.ts';
import { useApi, useSideSound } from '../../page-context.ts';
import { PauseIcon, PlayIcon } from './parts/icons.tsx';

interface EntrySoundProps {
  readonly conversationId: string;
  readonly entryId: string;
}

export function EntrySound({ conversationId, entryId }: EntrySoundProps): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const { state, play, stop } = useSideSound(`entry ${conversationId} ${entryId} `);
  useEffect(() => stop, [stop]);
  const isOn = state.kind === 'fetching' || state.kind === 'playing';
  return (
    <button
      type="button"
      className="archive-icon"
      data-testid="play-entry"
      data-playing={state.kind}
      aria-label={isOn ? t('archive.pause') : t('archive.play')}
      title={state.kind === 'failed' ? t('archive.failed.no_sound') : t('archive.play')}
      onClick={() => {
        if (isOn) stop();
        else play('', (signal) => entrySound(api, conversationId, entryId, signal));
      }}
    >
      {isOn ? <PauseIcon /> : <PlayIcon />}
    </button>
  );
}
