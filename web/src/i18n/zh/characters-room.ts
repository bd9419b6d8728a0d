/** The characters room. */
import type { charactersRoom as Shape } from '../en/characters-room.ts';

export const charactersRoom: typeof Shape = {};
