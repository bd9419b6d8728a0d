/** The memories room. */
import type { memoriesRoom as Shape } from '../en/memories-room.ts';

export const memoriesRoom: typeof Shape = {};
