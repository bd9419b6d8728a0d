/** Holds the state and tells who asked when it changed. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';

import type { Action } from './actions.ts';
import { INITIAL_STATE } from './model.ts';
import type { ConversationState } from './model.ts';
import { reduce } from './reducer.ts';

/** Read it and subscribe to it; it changes through actions only. */
export interface ConversationStore extends Pick<
  StoreApi<ConversationState>,
  'getState' | 'getInitialState' | 'subscribe'
> {
  dispatch: (action: Action) => void;
}

export function createConversationStore(): ConversationStore {
  const { getState, getInitialState, setState, subscribe } = createStore<ConversationState>(
    () => INITIAL_STATE,
  );
  return {
    getState,
    getInitialState,
    subscribe,
    dispatch: (action) => {
      setState((state) => reduce(state, action), true);
    },
  };
}
