/**
 * What the page knows, and how each piece of news changes it.
 *
 * Owns the state's shape, the reducer, and the questions asked of the state (selectors). Everything here is a pure
 * function of its arguments: no React, no DOM, no clock, no network, no devices.
 */
export type { Action } from './actions.ts';
export { captionOf, lengthHolding } from './captions.ts';
export type { Caption } from './captions.ts';
export { devicesOf, isAway, isAwaitingSpeech, NO_DEVICES, soundChoice } from './devices.ts';
export type { DeviceKind, SoundChoice, SoundDevice, SoundDevices } from './devices.ts';
export { INITIAL_PREFERENCES, INITIAL_STATE } from './model.ts';
export type {
  Character,
  ConnectionState,
  ConversationState,
  Eagerness,
  Face,
  HearingTrouble,
  Language,
  Mode,
  Motion,
  Preferences,
  Problem,
  ProblemCode,
  Segment,
  Speaker,
  SpeechLanguage,
  Theme,
  ToolUse,
  Utterance,
  VisualiserMode,
} from './model.ts';
export { isPreference, parsePreferences, SPEEDS } from './preferences.ts';
export { conversationToGoOn, untold } from './going-on.ts';
export type { OpenedConversation, OpenedTurn } from './going-on.ts';
export { CHARACTER_NOT_FOUND } from './problems.ts';
export { reduce } from './reducer.ts';
export {
  ailingComponents,
  canInterrupt,
  canTalk,
  isBlocking,
  liveUtterances,
  newWords,
  partnerOf,
  pastUtterances,
  retellable,
  stageOf,
  toolsBetween,
} from './selectors.ts';
export type { Hint, Stage } from './selectors.ts';
export { createConversationStore } from './store.ts';
export type { ConversationStore } from './store.ts';
export { isOverAlike, parseTranscript, store } from './stored.ts';
export type { StoredTranscript, StoredUtterance } from './stored.ts';
