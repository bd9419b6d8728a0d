/**
 * The conversation as the page holds it: devices, link and state brought together.
 *
 * Owns what happens on start, stop, loss and return; which reply audio is played, which is dropped, and what is
 * reported of it; and what is kept between visits. Refuses to know the screen, and how sound or bytes move.
 */
export { ChosenElsewhere } from './chosen-elsewhere.ts';
export { Conversation } from './conversation.ts';
export type { ConversationOptions } from './conversation.ts';
export type { Diagnostics } from './diagnostics.ts';
export { Deletions } from './deletions.ts';
export { Keeper } from './keeper.ts';
export { keepMute } from './kept-mute.ts';
export { changedElsewhere, keepPreferences, readPreferences } from './kept-preferences.ts';
export { KeyRing } from './key-ring.ts';
export { ServerReturn } from './server-return.ts';
export { SignIn } from './sign-in.ts';
export { PreferenceSync } from './preference-sync.ts';
export { openChannel, Tabs } from './tabs.ts';
export { Ratings } from './ratings.ts';
export { Replays } from './replays.ts';
export { SideSound } from './side-sound.ts';
export type { SideSoundState } from './side-sound.ts';
