/** The characters room: who there is to talk to, and the writing of one's own. */
import type { ReactNode } from 'react';

import { useRoomPath } from '../use-room.ts';
import { CharacterEditor } from './character-editor.tsx';
import { CharacterList } from './character-list.tsx';
import './characters.css';

/** Its address: `#/characters`, `#/characters/ID`, `#/characters/new`, `#/characters/new/ID` for a copy. */
export default function Room(): ReactNode {
  const [id, from = ''] = useRoomPath();
  if (id === undefined) return <CharacterList />;
  return id === 'new' ? (
    <CharacterEditor key={`new-${from}`} id={null} from={from} />
  ) : (
    <CharacterEditor key={id} id={id} from={id} />
  );
}
