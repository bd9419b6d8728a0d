/** English texts: the shape all other languages follow. A file for each part of the page. */
import { historyRoom } from './history-room.ts';
import { charactersRoom } from './characters-room.ts';
import { memoriesRoom } from './memories-room.ts';
import { settingsRoom } from './settings-room.ts';
import { helpRoom } from './help-room.ts';
import { devices } from './devices.ts';
import { face } from './face.ts';
import { page } from './page.ts';

/** What a language must hold. */
export type Texts = typeof page & {
  archive: typeof historyRoom;
  characters: typeof charactersRoom;
  memories: typeof memoriesRoom;
  preferences: typeof settingsRoom;
  help: typeof helpRoom;
  devices: typeof devices;
  face: typeof face;
};

export const en: Texts = {
  ...page,
  archive: historyRoom,
  characters: charactersRoom,
  memories: memoriesRoom,
  preferences: settingsRoom,
  help: helpRoom,
  devices,
  face,
};
