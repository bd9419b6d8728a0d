/**
 * Microphone and loudspeaker: samples in, samples out, and how many were really played.
 *
 * Owns the AudioContext, the microphone's tracks, the two worklets, resampling, the jitter buffer and the levels, and
 * frees all of them. Refuses to know where samples come from or go to, what a conversation is, and how levels look.
 */
export { AudioFault } from './faults.ts';
export type { AudioFaultCode } from './faults.ts';
export { FakeAudio } from './fake.ts';
export { SoundCheck } from './check.ts';
export type { CheckOutcome, CheckStep } from './check.ts';
export { Hearing } from './hearing.ts';
export { openAudio, openPlainAudio } from './open.ts';
export { watchDevices } from './devices.ts';
export type { DeviceList, DeviceWatch, WatchDevices } from './devices.ts';
export type {
  AudioCounters,
  AudioListener,
  AudioPort,
  AudioWishes,
  DeviceChoice,
  Heard,
  OpenAudio,
  Substituted,
  Waveform,
} from './port.ts';
export type { Sounding } from './playhead.ts';
export type { Playhead, ReplyChunk } from './jitter-buffer.ts';
export { pcmToFloat } from './pcm.ts';
export { openSideOutput } from './side-output.ts';
export type { OpenSideOutput, SideOutput, SideSamples, SideSource } from './side-output.ts';
