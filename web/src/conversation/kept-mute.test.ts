import { expect, it } from 'vitest';

import { createConversationStore } from '../state/index.ts';
import { FakeStorage } from './fake-storage.ts';
import { keepMute } from './kept-mute.ts';

/** The page, loaded in a tab. */
function load(tab: Storage) {
  const store = createConversationStore();
  return { store, end: keepMute(store, tab) };
}

it('should keep the microphone muted over a reload, until it is opened again', () => {
  const tab = new FakeStorage();
  load(tab).store.dispatch({ type: 'microphone.muted', isMuted: true });
  const reloaded = load(tab);
  expect(reloaded.store.getState().isMuted).toBe(true);
  reloaded.store.dispatch({ type: 'microphone.muted', isMuted: false });
  expect(load(tab).store.getState().isMuted).toBe(false);
});

it('should keep nothing after its end', () => {
  const tab = new FakeStorage();
  const { store, end } = load(tab);
  end();
  store.dispatch({ type: 'microphone.muted', isMuted: true });
  expect(load(tab).store.getState().isMuted).toBe(false);
});
