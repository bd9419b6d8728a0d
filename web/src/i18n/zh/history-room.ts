/** The history room. */
import type { historyRoom as Shape } from '../en/history-room.ts';

export const historyRoom: typeof Shape = {};
