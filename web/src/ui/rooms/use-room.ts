/** Which room is open, kept in the address: it survives a reload, and the browser's way back closes it. */
import { useMemo, useSyncExternalStore } from 'react';

import { isRoomName } from './rooms.ts';
import type { RoomName } from './rooms.ts';

const PREFIX = '#/';

/** @param path - what to show in the room, such as one conversation by its id. */
export function openRoom(room: RoomName, ...path: readonly string[]): void {
  window.location.hash = roomLink(room, ...path);
}

/** The same, for a link. */
export function roomLink(room: RoomName, ...path: readonly string[]): string {
  return PREFIX + [room, ...path].map(encodeURIComponent).join('/');
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

/** What to show in the room that is open; empty for all of it. */
export function useRoomPath(): readonly string[] {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => partsOf(hash).slice(1), [hash]);
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
  const [name = ''] = partsOf(window.location.hash);
  return isRoomName(name) ? name : null;
}

function partsOf(hash: string): readonly string[] {
  if (!hash.startsWith(PREFIX)) return [];
  try {
    return hash.slice(PREFIX.length).split('/').map(decodeURIComponent);
  } catch {
    // Written by hand, and not as addresses are: no room.
    return [];
  }
}
