/** Goes on with an earlier conversation: the page shows it, and the room closes. */
import { useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';

import { readConversation } from '../../../api/conversations.ts';
import { useApi, useConversation, useIntents } from '../../page-context.ts';
import { closeRoom } from '../use-room.ts';
import { asOpened } from './as-opened.ts';

export interface GoingOn {
  /** The conversation that is being opened; null for none. */
  readonly opening: string | null;
  /** Whether going on with it takes the place of words that are kept nowhere else. */
  readonly isReplacing: (id: string) => boolean;
  readonly goOn: (id: string) => Promise<void>;
}

/** @param onFailed - told why it could not be opened; the page is then as it was. */
export function useGoingOn(onFailed: (error: unknown) => void): GoingOn {
  const api = useApi();
  const intents = useIntents();
  const queries = useQueryClient();
  const [opening, setOpening] = useState<string | null>(null);
  const current = useConversation(({ conversationId }) => conversationId);
  const characters = useConversation((state) => state.characters);
  const isOnlyHere = useConversation((state) => state.conversationId === null && state.utterances.length > 0);
  const goOn = async (id: string): Promise<void> => {
    if (id === current) {
      closeRoom();
      return;
    }
    setOpening(id);
    try {
      // Asked for anew: something may have been said in it since it was shown.
      const whole = await readConversation(api, id);
      queries.setQueryData(['conversations', 'one', id], whole);
      // The other conversation first: the character is a matter of this one.
      intents.openConversation(asOpened(whole));
      if (characters.some((character) => character.id === whole.persona)) {
        intents.setPreferences({ character: whole.persona });
      }
      closeRoom();
    } catch (error) {
      onFailed(error);
    } finally {
      setOpening(null);
    }
  };
  return { opening, isReplacing: (id) => isOnlyHere && id !== current, goOn };
}
