/** Which room is open, kept in the address: it survives a reload, and the browser's way back closes it. */
import { useSyncExternalStore } from 'react';

import { isRoomName } from './rooms.ts';
import type { RoomName } from './rooms.ts';

const PREFIX = '#/';

export function openRoom(room: RoomName): void {
  window.location.hash = `${PREFIX}${room}`;
}

export function closeRoom(): void {
  if (currentRoom() === null) return;
  window.history.pushState(null, '', window.location.pathname + window.location.search);
  // Changing the address this way is silent.
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

export function useRoom(): RoomName | null {
  return useSyncExternalStore(subscribe, currentRoom);
}

function subscribe(listener: () => void): () => void {
  const end = new AbortController();
  window.addEventListener('hashchange', listener, { signal: end.signal });
  window.addEventListener('popstate', listener, { signal: end.signal });
  return () => {
    end.abort();
  };
}

function currentRoom(): RoomName | null {
  const { hash } = window.location;
  const name = hash.startsWith(PREFIX) ? hash.slice(PREFIX.length) : '';
  return isRoomName(name) ? name : null;
}
