/** The rooms beside the conversation: their names, and how each is loaded when it is first opened. */
import { loadable } from './loadable.tsx';

export const ROOM_NAMES = ['history', 'characters', 'memories', 'settings', 'help'] as const;

export type RoomName = (typeof ROOM_NAMES)[number];

export const ROOMS: Readonly<Record<RoomName, ReturnType<typeof loadable>>> = {
  history: loadable(() => import('./history/index.tsx')),
  characters: loadable(() => import('./characters/index.tsx')),
  memories: loadable(() => import('./memories/index.tsx')),
  settings: loadable(() => import('./settings/index.tsx')),
  help: loadable(() => import('./help/index.tsx')),
};

export function isRoomName(name: string): name is RoomName {
  return (ROOM_NAMES as readonly string[]).includes(name);
}
