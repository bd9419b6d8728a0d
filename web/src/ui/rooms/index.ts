/** The rooms beside the conversation. */
export { OpenRoom } from './open-room.tsx';
export { RoomNav } from './room-nav.tsx';
export { roomLink, useRoom } from './use-room.ts';
