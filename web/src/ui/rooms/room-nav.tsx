/** The way into the rooms: in the header where it is wide enough, else a bar under the thumb. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ROOM_ICONS } from '../icons.tsx';
import { ROOM_NAMES } from './rooms.ts';
import { openRoom } from './use-room.ts';

export function RoomNav(): ReactNode {
  const { t } = useTranslation();
  return (
    <nav className="rooms" aria-label={t('rooms.label')}>
      {ROOM_NAMES.map((room) => (
        <button
          key={room}
          type="button"
          className="room-button"
          data-testid={`open-${room}`}
          aria-haspopup="dialog"
          onClick={() => {
            openRoom(room);
          }}
        >
          {ROOM_ICONS[room]}
          <span className="room-name">{t(`rooms.${room}`)}</span>
        </button>
      ))}
    </nav>
  );
}
