/** What the components are given: the state to read, intents to send, sound to draw. */
import { createContext, useCallback, useContext, useEffect, useSyncExternalStore } from 'react';
import type { Provider } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';

import type { Api, Rating } from '../api/index.ts';
import type { FaceFeed } from '../avatar/feed.ts';
import type {
  Character,
  ConversationState,
  ConversationStore,
  OpenedConversation,
  Preferences,
  ProblemCode,
} from '../state/index.ts';

/** What the user can want. */
export interface Intents {
  start(how: { readonly microphone: boolean }): Promise<void>;
  retry(): Promise<void>;
  stop(): void;
  sendText(text: string): void;
  interrupt(): void;
  hold(): void;
  release(): void;
  setMuted(isMuted: boolean): void;
  setPreferences(preferences: Partial<Preferences>): void;
  unblockSound(): Promise<void>;
  /** Takes in who there is to talk to. */
  setCharacters(characters: readonly Character[]): void;
  clearHistory(): void;
  /** The user deleted a conversation, or all of theirs (null): no tab goes on showing it. */
  forgetConversation(id: string | null): void;
  /** Shows an earlier conversation in the place of the present one, and goes on with it. */
  openConversation(conversation: OpenedConversation): void;
  /** Lets a tool that asked run, or not. */
  answerTool(id: string, isApproved: boolean): void;
  dismiss(code: ProblemCode): void;
}

/** The sound of this moment. */
export interface Sound {
  /** The highest frequency of {@link readSpectrum}; its entries lie evenly from 0 to it. */
  readonly highestHz: number;
  /** Fills `out` with the newest samples, -1 to 1. */
  read(out: Float32Array<ArrayBuffer>): void;
  /** Fills `out` with the strength of each frequency, 0 to 255; 1024 entries. */
  readSpectrum(out: Uint8Array<ArrayBuffer>): void;
}

export type CheckStep = 'opening' | 'recording' | 'playing';

export type CheckOutcome =
  | { readonly kind: 'heard'; readonly loudestDb: number }
  | { readonly kind: 'played' | 'ended' }
  | { readonly kind: 'failed'; readonly code: ProblemCode };

/** Tests of the devices; one at a time. */
export interface SoundChecks {
  /** What is recorded or played at this moment. */
  readonly sound: Sound | null;
  /** Has the browser tell the names of the devices: it asks for the microphone. */
  nameDevices(): Promise<CheckOutcome>;
  /** Records for three seconds and plays it back. */
  microphone(onStep: (step: CheckStep) => void): Promise<CheckOutcome>;
  speaker(): Promise<CheckOutcome>;
  stop(): void;
}

/** Null while there is none. */
export interface Sounds {
  readonly microphone: Sound | null;
  readonly reply: Sound | null;
}

/** Replies that can be heard again, by the id of the utterance. */
export interface Replays {
  readonly kept: ReadonlySet<string>;
  readonly subscribe: (listener: () => void) => () => void;
  soundOf(id: string): SideSource | null;
}

/** Samples in one channel, or a file of a kind that browsers play. */
export type SideSource =
  { readonly samples: Float32Array<ArrayBuffer>; readonly sampleRateHz: number } | Blob;

export type SideSoundState =
  | { readonly kind: 'silent' }
  | { readonly kind: 'fetching' | 'playing'; readonly name: string }
  | { readonly kind: 'failed'; readonly name: string; readonly reason: unknown };

/** What is played beside the conversation: one at a time, and silent as soon as somebody speaks. */
export interface SideSound {
  readonly state: SideSoundState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Call it within the user's click. */
  play(name: string, fetch: (signal: AbortSignal) => Promise<SideSource>): Promise<void>;
  /** @param beginning - of the names of those that are to fall silent. */
  stop(beginning?: string): void;
}

/** What the user thinks of replies, by the id of the utterance. */
export interface Ratings {
  readonly subscribe: (listener: () => void) => () => void;
  of(id: string): Rating | null;
  /** Null takes it back. */
  rate(id: string, rating: Rating | null): void;
}

export interface PageServices {
  readonly store: Omit<ConversationStore, 'dispatch'>;
  readonly intents: Intents;
  readonly sounds: Sounds;
  readonly face: FaceFeed;
  /** Absent where there are no devices to test. */
  readonly checks?: SoundChecks;
  readonly replays: Replays;
  readonly sideSound: SideSound;
  readonly ratings: Ratings;
  readonly api: Api;
  /** Sets the key to use from the next try on; null forgets it. */
  readonly setKey: (key: string | null) => void;
  /** Absent where nobody signs in. */
  readonly keys?: Keys;
}

/** Whether the user has a key, and news of that. */
export interface Keys {
  readonly hasKey: boolean;
  readonly subscribe: (listener: () => void) => () => void;
}

const PageContext = createContext<PageServices | null>(null);

export const PageProvider: Provider<PageServices | null> = PageContext.Provider;

function useServices(): PageServices {
  const services = useContext(PageContext);
  if (services === null) throw new Error('a component of the page was used outside of PageProvider');
  return services;
}

export function useIntents(): Intents {
  return useServices().intents;
}

export function useChecks(): SoundChecks | null {
  return useServices().checks ?? null;
}

export function useSetKey(): (key: string | null) => void {
  return useServices().setKey;
}

/** Whether the user has given a key. */
export function useHasKey(): boolean {
  const { keys } = useServices();
  return useSyncExternalStore(keys?.subscribe ?? neverChanges, () => keys?.hasKey ?? false);
}

/** @param listener - called at each change of the key: who asks may be another from then on. */
export function useKeyNews(listener: () => void): void {
  const { keys } = useServices();
  useEffect(() => keys?.subscribe(listener), [keys, listener]);
}

const neverChanges = () => () => undefined;

export function useApi(): Api {
  return useServices().api;
}

export function useSounds(): Sounds {
  return useServices().sounds;
}

/** What drives the face: the same object for as long as the page is open. */
export function useFace(): FaceFeed {
  return useServices().face;
}

/** Reads the state; the component is drawn again when an entry of the selected value changed. */
export function useConversation<Selected>(select: (state: ConversationState) => Selected): Selected {
  return useStore(useServices().store, useShallow(select));
}

/** Whether a reply can be heard again, and the way to it. */
export function useReplay(id: string): {
  readonly isKept: boolean;
  readonly isPlaying: boolean;
  readonly play: () => void;
  readonly stop: () => void;
} {
  const { replays } = useServices();
  const isKept = useSyncExternalStore(replays.subscribe, () => replays.kept.has(id));
  const { state, play, stop } = useSideSound(`reply ${id}`);
  return {
    isKept,
    isPlaying: state.kind === 'fetching' || state.kind === 'playing',
    play: () => {
      const sound = replays.soundOf(id);
      if (sound !== null) play('', () => Promise.resolve(sound));
    },
    stop,
  };
}

const SILENT: SideSoundState = { kind: 'silent' };

/**
 * What is played beside the conversation, as far as it is one's own.
 *
 * @param owner - begins the name of each; another's are silence here.
 */
export function useSideSound(owner: string): {
  readonly state: SideSoundState;
  readonly play: (name: string, fetch: (signal: AbortSignal) => Promise<SideSource>) => void;
  readonly stop: () => void;
} {
  const { sideSound } = useServices();
  const state = useSyncExternalStore(sideSound.subscribe, () => {
    const { state: any } = sideSound;
    return any.kind !== 'silent' && any.name.startsWith(owner) ? any : SILENT;
  });
  const play = useCallback(
    (name: string, fetch: (signal: AbortSignal) => Promise<SideSource>) => {
      void sideSound.play(owner + name, fetch);
    },
    [sideSound, owner],
  );
  const stop = useCallback(() => {
    sideSound.stop(owner);
  }, [sideSound, owner]);
  return { state, play, stop };
}

/** What the user thinks of a reply, and the way to say so. */
export function useRating(id: string): {
  readonly rating: Rating | null;
  readonly rate: (rating: Rating | null) => void;
} {
  const { ratings } = useServices();
  const rating = useSyncExternalStore(ratings.subscribe, () => ratings.of(id));
  return {
    rating,
    rate: (next) => {
      ratings.rate(id, next);
    },
  };
}
