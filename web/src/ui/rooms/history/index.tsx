/** The history room: all conversations, or the one that the address names. */
import type { ReactNode } from 'react';

import { useRoomPath } from '../use-room.ts';
import { ConversationListView } from './conversation-list.tsx';
import { ConversationView } from './conversation-view.tsx';
import { SayingLine, useSaying } from './parts/saying.tsx';
import './parts/parts.css';
import './history.css';

export default function HistoryRoom(): ReactNode {
  const [conversation, entry = null] = useRoomPath();
  const saying = useSaying();
  return (
    <>
      {conversation === undefined ? (
        <ConversationListView saying={saying} />
      ) : (
        <ConversationView key={conversation} id={conversation} entryId={entry} saying={saying} />
      )}
      <SayingLine saying={saying} />
    </>
  );
}
