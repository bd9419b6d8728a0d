/** The room that is open, over the conversation, which goes on meanwhile. */
import { Suspense, useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

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
  const dialog = useRef<HTMLDialogElement>(null);
  const Room = ROOMS[room];
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="room-dialog"
      data-testid={`room-${room}`}
      aria-labelledby="room-title"
      onClose={closeRoom}
      onClick={({ target, currentTarget }) => {
        // Only the backdrop is the dialog itself.
        if (target === currentTarget) closeRoom();
      }}
    >
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
            <Suspense fallback={<p className="mild">{t('rooms.loading')}</p>}>
              <Room />
            </Suspense>
          </ErrorBoundary>
        </div>
      </div>
    </dialog>
  );
}
