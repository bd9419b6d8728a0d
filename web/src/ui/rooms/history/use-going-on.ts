/** Goes on with an earlier conversation: the page shows it, and the room closes. One at a time in the room. */
import { createContext, useContext } from 'react';
import type { Provider } from 'react';
import { useQueryClient } from '@tanstack/react-query';

import { readConversation } from '../../../api/conversations.ts';
import type { WholeConversation } from '../../../api/conversations.ts';
import { useApi, useConversation, useIntents } from '../../page-context.ts';
import { closeRoom } from '../use-room.ts';
import { asOpened } from './as-opened.ts';
import { useErrand } from './use-errand.ts';

export interface GoingOn {
  /** The conversation that is being opened; null for none. */
  readonly opening: string | null;
  /** Whether going on with it takes the place of words that are kept nowhere else. */
  readonly isReplacing: (id: string) => boolean;
  readonly goOn: (id: string) => Promise<void>;
}

const GoingOnContext = createContext<GoingOn | null>(null);

export const GoingOnProvider: Provider<GoingOn | null> = GoingOnContext.Provider;

/** What {@link useGoingOnFrom} gave the room. */
export function useGoingOn(): GoingOn {
  const goingOn = useContext(GoingOnContext);
  if (goingOn === null) throw new Error('a part of the history room was used outside of it');
  return goingOn;
}

/**
 * @param where - in the room the user is: whoever looks at something else wants it no more.
 * @param onFailed - told why it could not be opened; the page is then as it was.
 */
export function useGoingOnFrom(where: string, onFailed: (error: unknown) => void): GoingOn {
  const api = useApi();
  const queries = useQueryClient();
  const { fetching, run, end } = useErrand(where);
  const open = useOpening();
  const current = useConversation(({ conversationId }) => conversationId);
  const isOnlyHere = useConversation((state) => state.conversationId === null && state.utterances.length > 0);
  const goOn = async (id: string): Promise<void> => {
    if (id === current) {
      end();
      closeRoom();
      return;
    }
    await run(id, async (signal) => {
      try {
        // Asked for anew: something may have been said in it since it was shown.
        const whole = await readConversation(api, id, signal);
        if (signal.aborted) return;
        queries.setQueryData(['conversations', 'one', id], whole);
        open(whole);
      } catch (error) {
        if (!signal.aborted) onFailed(error);
      }
    });
  };
  return { opening: fetching, isReplacing: (id) => isOnlyHere && id !== current, goOn };
}

function useOpening(): (whole: WholeConversation) => void {
  const intents = useIntents();
  const characters = useConversation((state) => state.characters);
  return (whole) => {
    // The other conversation first: the character is a matter of this one.
    intents.openConversation(asOpened(whole));
    if (characters.some((character) => character.id === whole.persona)) {
      intents.setPreferences({ character: whole.persona });
    }
    closeRoom();
  };
}
