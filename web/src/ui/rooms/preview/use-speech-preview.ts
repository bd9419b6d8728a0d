/** Lets voices be heard on trial: fetched, played one at a time, and silent when the room is left. */
import { useEffect, useId } from 'react';

import { ApiError, speak } from '../../../api/index.ts';
import type { SpeechWish } from '../../../api/index.ts';
import { useApi, useSideSound } from '../../page-context.ts';
import type { SideSoundState } from '../../page-context.ts';

export type PreviewState =
  | { readonly kind: 'silent' }
  /** `name` tells which of several is on trial. */
  | { readonly kind: 'fetching' | 'playing'; readonly name: string }
  | { readonly kind: 'failed'; readonly name: string; readonly reason: string };

export interface SpeechPreview {
  readonly state: PreviewState;
  /** Call it within the user's click; the same name again stops it. */
  readonly toggle: (name: string, wish: SpeechWish) => void;
}

export function useSpeechPreview(): SpeechPreview {
  const api = useApi();
  const owner = `voice ${useId()} `;
  const { state: sound, play, stop } = useSideSound(owner);
  useEffect(() => stop, [stop]);
  const state = stateOf(sound, owner);
  return {
    state,
    toggle: (name, wish) => {
      const isOn = state.kind !== 'silent' && state.kind !== 'failed' && state.name === name;
      if (isOn) stop();
      else play(name, (signal) => speak(api, wish, signal));
    },
  };
}

function stateOf(sound: SideSoundState, owner: string): PreviewState {
  if (sound.kind === 'silent') return sound;
  const name = sound.name.slice(owner.length);
  if (sound.kind !== 'failed') return { kind: sound.kind, name };
  const { reason } = sound;
  return { kind: 'failed', name, reason: reason instanceof ApiError ? reason.message : String(reason) };
}
