/** Lets voices be heard on trial: fetched, played one at a time, and silent when the room is left. */
import { useEffect, useRef, useState } from 'react';

import { ApiError, speak } from '../../../api/index.ts';
import type { SpeechWish } from '../../../api/index.ts';
import { useApi, useConversation } from '../../page-context.ts';
import { SpeechPlayer } from './speech-player.ts';

export type PreviewState =
  | { readonly kind: 'silent' }
  /** `name` tells which of several is on trial. */
  | { readonly kind: 'fetching' | 'playing'; readonly name: string }
  | { readonly kind: 'failed'; readonly name: string; readonly reason: string };

export interface SpeechPreview {
  readonly state: PreviewState;
  /** Call it within the user's click; the same name again stops it. */
  readonly toggle: (name: string, wish: SpeechWish) => void;
  readonly stop: () => void;
}

const SILENT: PreviewState = { kind: 'silent' };

export function useSpeechPreview(): SpeechPreview {
  const api = useApi();
  const speaker = useConversation(({ preferences }) => preferences.speaker);
  const [state, setState] = useState<PreviewState>(SILENT);
  const sink = useRef(speaker);
  const player = useRef<SpeechPlayer | null>(null);
  const trial = useRef<AbortController | null>(null);
  useEffect(() => {
    sink.current = speaker;
  }, [speaker]);
  useEffect(
    () => () => {
      trial.current?.abort();
      player.current?.close();
      player.current = null;
    },
    [],
  );

  const stop = (): void => {
    trial.current?.abort();
    player.current?.stop();
    setState(SILENT);
  };
  const start = async (name: string, wish: SpeechWish): Promise<void> => {
    const mine = new AbortController();
    trial.current = mine;
    player.current ??= new SpeechPlayer({ speaker: () => sink.current });
    const loudspeaker = player.current;
    const show = (next: PreviewState): void => {
      if (!mine.signal.aborted) setState(next);
    };
    show({ kind: 'fetching', name });
    try {
      // The browser lets sound out only if it is asked within the click.
      const opened = loudspeaker.open();
      const speech = await speak(api, wish, mine.signal);
      await opened;
      mine.signal.throwIfAborted();
      show({ kind: 'playing', name });
      await loudspeaker.play(speech);
      show(SILENT);
    } catch (error) {
      show({ kind: 'failed', name, reason: error instanceof ApiError ? error.message : String(error) });
    }
  };
  return {
    state,
    stop,
    toggle: (name, wish) => {
      const isOn = state.kind !== 'silent' && state.kind !== 'failed' && state.name === name;
      stop();
      if (!isOn) void start(name, wish);
    },
  };
}
