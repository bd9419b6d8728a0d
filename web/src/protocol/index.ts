/**
 * The wire: what client and server say to each other, as types, and the only code that reads or writes its bytes.
 *
 * Owns the event types (OpenAI Realtime and the `vivavoce.v1` extension), the parser that turns text into them,
 * the layout of binary audio frames, and the session settings this page asks for.
 * Refuses to know how bytes travel, what the page does with an event, and everything about the browser.
 */
export type * from './client-events.ts';
export type * from './items.ts';
export type * from './server-events.ts';
export { VISEME_NAMES } from './server-events.ts';
export { FrameError, packInputAudio, unpackOutputAudio } from './frames.ts';
export type { InputAudio, OutputAudioFrame } from './frames.ts';
export { parseServerEvent } from './parse.ts';
export type { ParsedEvent } from './parse.ts';
export { approval, pastTurn, SAMPLE_RATE_HZ, sessionUpdate, userText } from './requests.ts';
export type { SessionWishes } from './requests.ts';
