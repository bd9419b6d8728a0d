/** Help for the first minute. */
import type { helpRoom as Shape } from '../en/help-room.ts';

export const helpRoom: typeof Shape = {};
