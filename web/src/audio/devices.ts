/** The machine's sound devices as the browser tells of them, and when they come and go. */
import type { DeviceChoice } from './port.ts';

export interface DeviceEntry {
  readonly id: string;
  readonly label: string;
}

export interface DeviceList {
  readonly microphones: readonly DeviceEntry[];
  readonly speakers: readonly DeviceEntry[];
  /** False until the microphone was allowed once: browsers tell neither names nor identities before. */
  readonly areNamed: boolean;
  readonly canChooseSpeaker: boolean;
}

export interface DeviceWatch {
  /** Asks again; names are told once the microphone is allowed, and no event says so. */
  refresh(): void;
  close(): void;
}

/** Calls `onList` now, and whenever a device comes or goes. */
export type WatchDevices = (onList: (list: DeviceList) => void) => DeviceWatch;

/** Chromium lists these beside the devices that they stand for. */
const STAND_INS = new Set(['', 'default', 'communications']);

export const watchDevices: WatchDevices = (onList) => {
  const devices = mediaDevices();
  const end = new AbortController();
  const refresh = async (): Promise<void> => {
    const entries = await list(devices);
    if (!end.signal.aborted) onList(entries);
  };
  devices?.addEventListener('devicechange', () => void refresh(), { signal: end.signal });
  void refresh();
  return {
    refresh: () => void refresh(),
    close: () => {
      end.abort();
    },
  };
};

/** The interface is typed as always there; old browsers and insecure pages lack it. */
export function mediaDevices(): MediaDevices | undefined {
  return (globalThis.navigator as { mediaDevices?: MediaDevices }).mediaDevices;
}

/** Whether this browser plays on a loudspeaker that the page chooses. */
export function canChooseSpeaker(): boolean {
  const scope = globalThis as { AudioContext?: { readonly prototype: object } };
  return scope.AudioContext !== undefined && 'setSinkId' in scope.AudioContext.prototype;
}

/** Plays on a loudspeaker from now on; returns false where it cannot be had, and the default one plays. */
export async function routeTo(context: AudioContext, speaker: string): Promise<boolean> {
  // Not all browsers have it.
  const chosen = context as { setSinkId?: (id: string) => Promise<void>; sinkId?: unknown };
  if (chosen.setSinkId === undefined || chosen.sinkId === speaker)
    return speaker === '' || chosen.sinkId === speaker;
  try {
    await chosen.setSinkId(speaker);
    return true;
  } catch {
    if (chosen.sinkId !== '') await chosen.setSinkId('').catch(() => undefined);
    return false;
  }
}

/** What to ask the browser for; an exact device fails rather than be another one. */
export function constraintsFor(choice: DeviceChoice): MediaTrackConstraints {
  return {
    ...(choice.microphone === '' ? {} : { deviceId: { exact: choice.microphone } }),
    echoCancellation: choice.echoCancellation,
    noiseSuppression: choice.noiseSuppression,
    autoGainControl: choice.autoGain,
    channelCount: 1,
  };
}

async function list(devices: MediaDevices | undefined): Promise<DeviceList> {
  // A browser that will not tell is one without devices to choose from.
  const entries = (await devices?.enumerateDevices().catch(() => [])) ?? [];
  return {
    microphones: ofKind(entries, 'audioinput'),
    speakers: ofKind(entries, 'audiooutput'),
    areNamed: entries.some(({ kind, label }) => kind === 'audioinput' && label !== ''),
    canChooseSpeaker: canChooseSpeaker(),
  };
}

function ofKind(entries: readonly MediaDeviceInfo[], wanted: MediaDeviceKind): readonly DeviceEntry[] {
  return entries
    .filter(({ kind, deviceId }) => kind === wanted && !STAND_INS.has(deviceId))
    .map(({ deviceId, label }) => ({ id: deviceId, label }));
}
