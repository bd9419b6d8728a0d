/** Simplified Chinese texts. */
import type { Texts } from '../en/index.ts';
import { historyRoom } from './history-room.ts';
import { charactersRoom } from './characters-room.ts';
import { memoriesRoom } from './memories-room.ts';
import { settingsRoom } from './settings-room.ts';
import { helpRoom } from './help-room.ts';
import { devices } from './devices.ts';
import { face } from './face.ts';
import { page } from './page.ts';

export const zh: Texts = {
  ...page,
  archive: historyRoom,
  characters: charactersRoom,
  memories: memoriesRoom,
  preferences: settingsRoom,
  help: helpRoom,
  devices,
  face,
};
