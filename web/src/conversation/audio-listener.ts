/** Where each piece of news of the sound devices goes. */
import type { AudioListener } from '../audio/index.ts';
import type { ConversationStore } from '../state/index.ts';
import type { Devices } from './devices.ts';
import type { Face } from './face.ts';
import type { HearingWatch } from './hearing-watch.ts';
import type { Playout } from './playout.ts';
import type { Uplink } from './uplink.ts';

interface Receivers {
  readonly store: ConversationStore;
  readonly uplink: Uplink;
  readonly playout: Playout;
  readonly devices: Devices;
  readonly hearing: HearingWatch;
  readonly face: Face;
}

export function audioListener(receivers: Receivers): AudioListener {
  const { store, uplink, playout, devices, hearing, face } = receivers;
  const { dispatch } = store;
  return {
    onFrame: (pcm) => {
      uplink.frame(pcm, store.getState().preferences.mode === 'hands-free');
    },
    onEncoded: (piece, isFirst) => {
      uplink.piece(piece, isFirst);
    },
    onHeard: (heard) => {
      hearing.heard(heard);
    },
    onProgress: (playhead) => {
      dispatch({ type: 'playout.progress', playhead });
      playout.progressed(playhead);
    },
    onEnded: (playhead) => {
      dispatch({ type: 'playout.ended', playhead });
      face.ended(playhead);
      playout.stopped(playhead);
    },
    onStood: (playhead) => {
      dispatch({ type: 'playout.progress', playhead });
      playout.stood(playhead);
    },
    onCleared: (playhead) => {
      dispatch({ type: 'playout.cleared', playhead });
      face.cleared(playhead);
      playout.stopped(playhead);
    },
    onMicrophoneLost: () => {
      devices.lost();
    },
    onBlocked: (isBlocked) => {
      if (isBlocked) dispatch({ type: 'problem.raised', problem: { code: 'audio_blocked', detail: '' } });
      else dispatch({ type: 'problem.gone', code: 'audio_blocked' });
    },
  };
}
