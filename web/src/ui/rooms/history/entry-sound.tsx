/** Plays the sound of one thing that was said; it is fetched when it is first wanted. */
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { entrySound } from '../../../api/conversations.ts';
import { useApi } from '../../page-context.ts';
import { PauseIcon, PlayIcon } from './parts/icons.tsx';

interface EntrySoundProps {
  readonly conversationId: string;
  readonly entryId: string;
}

type Playing = 'not' | 'fetching' | 'playing' | 'failed';

export function EntrySound({ conversationId, entryId }: EntrySoundProps): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const [playing, setPlaying] = useState<Playing>('not');
  const sound = useRef<{ readonly audio: HTMLAudioElement; readonly url: string } | null>(null);
  const leaving = useRef<AbortController | null>(null);
  useEffect(() => {
    const end = new AbortController();
    leaving.current = end;
    return () => {
      end.abort();
      sound.current?.audio.pause();
      if (sound.current !== null) URL.revokeObjectURL(sound.current.url);
      sound.current = null;
    };
  }, []);
  const play = async (): Promise<void> => {
    const signal = leaving.current?.signal;
    setPlaying('fetching');
    try {
      if (sound.current === null) {
        const url = URL.createObjectURL(await entrySound(api, conversationId, entryId, signal));
        const audio = new Audio(url);
        audio.onended = () => {
          setPlaying('not');
        };
        sound.current = { audio, url };
      }
      await sound.current.audio.play();
      setPlaying('playing');
    } catch {
      // Left, refused, gone, or a format that the browser does not play: the words are there still.
      if (signal?.aborted !== true) setPlaying('failed');
    }
  };
  const stop = (): void => {
    sound.current?.audio.pause();
    setPlaying('not');
  };
  return (
    <button
      type="button"
      className="archive-icon"
      data-testid="play-entry"
      data-playing={playing}
      disabled={playing === 'fetching'}
      aria-label={playing === 'playing' ? t('archive.pause') : t('archive.play')}
      title={playing === 'failed' ? t('archive.failed.no_sound') : t('archive.play')}
      onClick={() => {
        if (playing === 'playing') stop();
        else void play();
      }}
    >
      {playing === 'playing' ? <PauseIcon /> : <PlayIcon />}
    </button>
  );
}
