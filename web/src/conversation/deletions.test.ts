// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest';

import { createConversationStore } from '../state/index.ts';
import { Deletions } from './deletions.ts';
import { FakeStorage } from './fake-storage.ts';

const NOW = 1000;

/** A tab in which something was said, in a conversation of the server's. */
function tab(storage: Storage, { conversation = 'c1', user = 'ann', at = 1 } = {}) {
  const store = createConversationStore();
  store.dispatch({ type: 'text.typed', id: 'm', text: 'Hi.', at });
  store.dispatch({
    type: 'server.said',
    event: { type: 'conversation.created', conversation_id: conversation },
    at,
  });
  const clear = vi.fn(() => {
    store.dispatch({ type: 'history.cleared' });
  });
  return { clear, deletions: new Deletions({ storage, store, user: () => user, clear, now: () => NOW }) };
}

/** What the browser tells all tabs but the one that wrote. */
const news = (): StorageEvent => new StorageEvent('storage', { key: 'vivavoce.deleted' });

describe('a conversation that the user deleted', () => {
  it('should leave the tab in which it was deleted, and every other that shows it', () => {
    const storage = new FakeStorage();
    const [here, there, elsewhere] = [tab(storage), tab(storage), tab(storage, { conversation: 'c2' })];
    here.deletions.add('c1');
    for (const { deletions } of [there, elsewhere]) deletions.heard(news());
    expect(here.clear).toHaveBeenCalledOnce();
    expect(there.clear).toHaveBeenCalledOnce();
    expect(elsewhere.clear).not.toHaveBeenCalled();
  });

  it('should not be found kept by a tab that is opened later', () => {
    const storage = new FakeStorage();
    tab(storage).deletions.add('c1');
    const { deletions } = tab(storage);
    expect(deletions.has({ user: '', conversationId: 'c1', utterances: [{ at: 1 }] })).toBe(true);
    expect(deletions.has({ user: '', conversationId: 'c2', utterances: [{ at: 1 }] })).toBe(false);
  });

  it('should mean nothing to a tab when something else was written', () => {
    const storage = new FakeStorage();
    const there = tab(storage);
    tab(storage).deletions.add('c1');
    there.deletions.heard(new StorageEvent('storage', { key: 'vivavoce.history' }));
    expect(there.clear).not.toHaveBeenCalled();
  });
});

describe('all conversations of a user', () => {
  it('should leave all tabs of that user, and stay away', () => {
    const storage = new FakeStorage();
    const [here, there, bens] = [
      tab(storage),
      tab(storage, { conversation: 'c2' }),
      tab(storage, { user: 'ben' }),
    ];
    here.deletions.add(null);
    for (const { deletions } of [there, bens]) deletions.heard(news());
    expect(here.clear).toHaveBeenCalledOnce();
    expect(there.clear).toHaveBeenCalledOnce();
    expect(bens.clear).not.toHaveBeenCalled();
  });

  it('should not take what was said since with them', () => {
    const storage = new FakeStorage();
    const since = tab(storage, { at: NOW + 1 });
    tab(storage).deletions.add(null);
    since.deletions.heard(news());
    expect(since.clear).not.toHaveBeenCalled();
  });
});
