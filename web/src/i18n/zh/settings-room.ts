/** The settings room. */
import type { settingsRoom as Shape } from '../en/settings-room.ts';

export const settingsRoom: typeof Shape = {};
