/** What the components are given: the state to read, intents to send, sound to draw. */
import { createContext, useContext } from 'react';
import type { Provider } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';

import type { Api } from '../api/index.ts';
import type { FaceFeed } from '../avatar/feed.ts';
import type { ConversationState, ConversationStore, Preferences, ProblemCode } from '../state/index.ts';

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
  clearHistory(): void;
  /** Lets a tool that asked run, or not. */
  answerTool(id: string, isApproved: boolean): void;
  dismiss(code: ProblemCode): void;
}

/** The sound of this moment. */
export interface Sound {
  /** Fills `out` with the newest samples, -1 to 1. */
  read(out: Float32Array<ArrayBuffer>): void;
}

/** Null while there is none. */
export interface Sounds {
  readonly microphone: Sound | null;
  readonly reply: Sound | null;
}

export interface PageServices {
  readonly store: Omit<ConversationStore, 'dispatch'>;
  readonly intents: Intents;
  readonly sounds: Sounds;
  readonly face: FaceFeed;
  readonly api: Api;
  /** Sets the key to use from the next try on. */
  readonly setKey: (key: string) => void;
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

export function useSetKey(): (key: string) => void {
  return useServices().setKey;
}

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
