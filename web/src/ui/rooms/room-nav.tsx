/** The way into the rooms. */
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
          className="tool"
          data-testid={`open-${room}`}
          aria-label={t(`rooms.${room}`)}
          title={t(`rooms.${room}`)}
          onClick={() => {
            openRoom(room);
          }}
        >
          {ROOM_ICONS[room]}
          <span className="tool-text">{t(`rooms.${room}`)}</span>
        </button>
      ))}
    </nav>
  );
}
