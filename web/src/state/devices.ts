/** Which sound devices there are, which of them the user chose, and which are used instead while the chosen are away. */
import type { ConversationState } from './model.ts';

export interface SoundDevice {
  readonly id: string;
  readonly label: string;
}

/** What the browser tells of the machine's sound devices; the default ones are not listed apart. */
export interface SoundDevices {
  readonly microphones: readonly SoundDevice[];
  readonly speakers: readonly SoundDevice[];
  /** False until the microphone was allowed once: browsers tell neither names nor identities before. */
  readonly areNamed: boolean;
  /** False in a browser that plays on the system's loudspeaker only. */
  readonly canChooseSpeaker: boolean;
}

/** What the devices are asked for; an empty id is the system's default. */
export interface SoundChoice {
  readonly microphone: string;
  readonly speaker: string;
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
  readonly autoGain: boolean;
}

export type DeviceKind = 'microphone' | 'speaker';

export const NO_DEVICES: SoundDevices = {
  microphones: [],
  speakers: [],
  areNamed: false,
  canChooseSpeaker: false,
};

type Chosen = Pick<ConversationState, 'preferences' | 'devices'>;

export function devicesOf({ devices }: Chosen, kind: DeviceKind): readonly SoundDevice[] {
  return kind === 'microphone' ? devices.microphones : devices.speakers;
}

/** Whether the user chose a device that is not plugged in. */
export function isAway(state: Chosen, kind: DeviceKind): boolean {
  const chosen = state.preferences[kind];
  return (
    chosen !== '' && state.devices.areNamed && !devicesOf(state, kind).some((device) => device.id === chosen)
  );
}

/** What to use now: the chosen devices, or the default ones in place of those that are away. */
export function soundChoice(state: Chosen): SoundChoice {
  const { microphone, speaker, echoCancellation, noiseSuppression, autoGain } = state.preferences;
  return {
    microphone: isAway(state, 'microphone') ? '' : microphone,
    speaker: state.devices.canChooseSpeaker && !isAway(state, 'speaker') ? speaker : '',
    echoCancellation,
    noiseSuppression,
    autoGain,
  };
}

/** Whether the user is expected to speak and the microphone is open for it. */
export function isAwaitingSpeech(state: ConversationState): boolean {
  const { phase, connection, hasMicrophone, isMuted, isHolding, preferences, turn } = state;
  if (phase !== 'running' || connection.kind !== 'online' || !hasMicrophone || isMuted) return false;
  return isHolding || (preferences.mode === 'hands-free' && (turn === 'idle' || turn === 'listening'));
}
