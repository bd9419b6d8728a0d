/** The history room: all conversations, or the one that the address names. */
import type { ReactNode } from 'react';

import { useRoomPath } from '../use-room.ts';
import { ConversationListView } from './conversation-list.tsx';
import { ConversationView } from './conversation-view.tsx';
import { useFailureWords } from './parts/failure.tsx';
import { SayingLine, useSaying } from './parts/saying.tsx';
import { GoingOnProvider, useGoingOnFrom } from './use-going-on.ts';
import './parts/parts.css';
import './history.css';

export default function HistoryRoom(): ReactNode {
  const [conversation, entry = null] = useRoomPath();
  const saying = useSaying();
  const words = useFailureWords();
  const goingOn = useGoingOnFrom(conversation ?? '', (error) => {
    saying.say({ text: words(error), tone: 'failed' });
  });
  return (
    <GoingOnProvider value={goingOn}>
      {conversation === undefined ? (
        <ConversationListView saying={saying} />
      ) : (
        <ConversationView key={conversation} id={conversation} entryId={entry} saying={saying} />
      )}
      <SayingLine saying={saying} />
    </GoingOnProvider>
  );
}
