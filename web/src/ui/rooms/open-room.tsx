/** The room that is open, over the conversation, which goes on meanwhile. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { Modal } from '../dialogs/index.ts';
import { ErrorBoundary } from '../error-boundary.tsx';
import { CloseIcon } from '../icons.tsx';
import { ROOMS } from './rooms.ts';
import type { RoomName } from './rooms.ts';
import { closeRoom, useRoom } from './use-room.ts';
import './rooms.css';

export function OpenRoom(): ReactNode {
  const room = useRoom();
  return room === null ? null : <RoomDialog key={room} room={room} />;
}

function RoomDialog({ room }: { readonly room: RoomName }): ReactNode {
  const { t } = useTranslation();
  const Room = ROOMS[room];
  return (
    <Modal className="room-dialog" testId={`room-${room}`} labelledBy="room-title" onClose={closeRoom}>
      <div className="room-frame">
        <header className="room-head">
          <h2 id="room-title">{t(`rooms.${room}`)}</h2>
          <button
            type="button"
            className="tool"
            data-testid="close-room"
            onClick={closeRoom}
            aria-label={t('rooms.close')}
          >
            <CloseIcon />
          </button>
        </header>
        <div className="room-body">
          <ErrorBoundary>
            <Room fallback={<p className="mild">{t('rooms.loading')}</p>} />
          </ErrorBoundary>
        </div>
      </div>
    </Modal>
  );
}
