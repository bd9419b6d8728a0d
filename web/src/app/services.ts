/** What the page's components are given of the parts. */
import type { DeviceWatch } from '../audio/index.ts';
import type { Intents, PageServices, SoundChecks } from '../ui/index.ts';
import type { Parts } from './parts.ts';

export function servicesOf(parts: Parts, devices: DeviceWatch): PageServices {
  const { store, conversation, replays, sideSound, ratings, api, keys } = parts;
  return {
    store,
    intents: intentsOf(parts),
    sounds: conversation.sound,
    checks: checksOf(parts, devices),
    face: conversation.face,
    replays,
    sideSound,
    ratings,
    api,
    keys,
    setKey: (key) => {
      keys.key = key;
    },
  };
}

function intentsOf({ conversation, store, deletions, prefer, sync }: Parts): Intents {
  return {
    ...talkingOf(conversation),
    setPreferences: (preferences) => {
      prefer(preferences);
      sync.chose(preferences);
    },
    setCharacters: (characters) => {
      conversation.setCharacters(characters);
    },
    clearHistory: () => {
      conversation.clearHistory();
    },
    forgetConversation: (id) => {
      deletions.add(id);
    },
    openConversation: (earlier) => {
      conversation.openConversation(earlier);
    },
    dismiss: (code) => {
      store.dispatch({ type: 'problem.gone', code });
    },
  };
}

type Talking =
  | 'start'
  | 'retry'
  | 'stop'
  | 'sendText'
  | 'interrupt'
  | 'hold'
  | 'release'
  | 'setMuted'
  | 'unblockSound'
  | 'answerTool';

function talkingOf(conversation: Parts['conversation']): Pick<Intents, Talking> {
  return {
    start: (how) => conversation.start(how),
    retry: () => conversation.retry(),
    stop: () => {
      conversation.stop();
    },
    sendText: (text) => {
      conversation.sendText(text);
    },
    interrupt: () => {
      conversation.interrupt();
    },
    hold: () => {
      conversation.hold();
    },
    release: () => {
      conversation.release();
    },
    setMuted: (isMuted) => {
      conversation.setMuted(isMuted);
    },
    unblockSound: () => conversation.sound.unblock(),
    answerTool: (id, isApproved) => {
      conversation.answerTool(id, isApproved);
    },
  };
}

/** A microphone that was opened once tells the names of all. */
function checksOf({ check }: Parts, devices: DeviceWatch): SoundChecks {
  return {
    get sound() {
      return check.sound;
    },
    nameDevices: async () => {
      const outcome = await check.nameDevices();
      devices.refresh();
      return outcome;
    },
    microphone: async (onStep) => {
      const outcome = await check.microphone(onStep);
      devices.refresh();
      return outcome;
    },
    speaker: () => check.speaker(),
    stop: () => {
      check.stop();
    },
  };
}
