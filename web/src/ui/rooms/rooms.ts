/** The rooms beside the conversation: their names, and how each is loaded when it is first opened. */
import { lazy } from 'react';
import type { ComponentType, LazyExoticComponent } from 'react';

export const ROOM_NAMES = ['history', 'characters', 'memories', 'settings', 'help'] as const;

export type RoomName = (typeof ROOM_NAMES)[number];

export const ROOMS: Readonly<Record<RoomName, LazyExoticComponent<ComponentType>>> = {
  history: lazy(() => import('./history/index.tsx')),
  characters: lazy(() => import('./characters/index.tsx')),
  memories: lazy(() => import('./memories/index.tsx')),
  settings: lazy(() => import('./settings/index.tsx')),
  help: lazy(() => import('./help/index.tsx')),
};

export function isRoomName(name: string): name is RoomName {
  return (ROOM_NAMES as readonly string[]).includes(name);
}
