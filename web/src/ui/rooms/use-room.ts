/** Which room is open, kept in the address: it survives a reload, and the browser's way back closes it. */
import { useMemo, useSyncExternalStore } from 'react';

import { isRoomName } from './rooms.ts';
import type { RoomName } from './rooms.ts';
import { WayBack } from './way-back.ts';

const PREFIX = '#/';

const way = new WayBack(window.history, () => nameIn(window.location.hash) !== null);

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
  way.leave(window.location.pathname + window.location.search);
  // The address changes silently, or in a moment.
  for (const listener of listeners) listener();
}

export function useRoom(): RoomName | null {
  return useSyncExternalStore(subscribe, currentRoom);
}

/** What to show in the room that is open; empty for all of it. */
export function useRoomPath(): readonly string[] {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => partsOf(hash).slice(1), [hash]);
}

const listeners = new Set<() => void>();

function arrive(): void {
  way.arrived();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    window.addEventListener('hashchange', arrive);
    window.addEventListener('popstate', arrive);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.removeEventListener('hashchange', arrive);
    window.removeEventListener('popstate', arrive);
  };
}

function currentRoom(): RoomName | null {
  return way.isLeaving ? null : nameIn(window.location.hash);
}

function nameIn(hash: string): RoomName | null {
  const [name = ''] = partsOf(hash);
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
