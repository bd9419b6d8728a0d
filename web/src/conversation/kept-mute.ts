/**
 * Whoever muted the microphone finds it muted when the page is loaded again in the same tab; a new tab begins with an open
 * one.
 */
import type { ConversationStore } from '../state/index.ts';
import { read, write } from './storage.ts';

const MUTED = 'vivavoce.muted';

/** Puts back what the tab keeps of it, and keeps what comes; the returned function ends that. */
export function keepMute(store: ConversationStore, tab: Storage): () => void {
  if (read(tab, MUTED) === true) store.dispatch({ type: 'microphone.muted', isMuted: true });
  return store.subscribe(({ isMuted }, before) => {
    if (isMuted !== before.isMuted) write(tab, MUTED, isMuted);
  });
}
