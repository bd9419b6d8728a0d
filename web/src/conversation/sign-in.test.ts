import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { FakeStorage } from './fake-storage.ts';
import { Keeper } from './keeper.ts';
import { KeyRing } from './key-ring.ts';
import { SignIn } from './sign-in.ts';
import { settle, setUp } from './testing.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A tab in front of which people come and go; the server knows them by their keys. */
function tab(shared = new FakeStorage(), own = new FakeStorage()) {
  const all = setUp();
  const { store, conversation } = all;
  const keeper = new Keeper({ store, storage: shared, tab: own, isDeleted: () => false });
  const keys = new KeyRing(own);
  const letGo = vi.fn(() => {
    conversation.stop();
  });
  const restore = vi.fn((transcript: Parameters<typeof conversation.restore>[0]) => {
    conversation.restore(transcript);
  });
  const ratings = { forget: vi.fn<(user: string) => void>() };
  const signIn = new SignIn({ keys, keeper, ratings, letGo, restore });
  const signsIn = (user: string, key = `key-of-${user}`): void => {
    keys.key = key;
    signIn.signedInAs(user);
  };
  return { ...all, shared, own, keys, keeper, ratings, signIn, signsIn, letGo };
}

type Tab = ReturnType<typeof tab>;

/** Says something, in a conversation that the server keeps. */
async function says({ conversation, server }: Tab, text: string): Promise<void> {
  conversation.sendText(text);
  await settle();
  server.say(
    { type: 'conversation.created', conversation_id: 'c1' },
    { type: 'session.updated', character: null },
  );
}

const texts = ({ store }: Tab): readonly string[] => store.getState().utterances.map(({ text }) => text);

/** What was retold to a session that begins now. */
async function retold(all: Tab): Promise<unknown> {
  all.server.received.length = 0;
  await all.conversation.start({ microphone: false });
  await settle();
  return [all.server.wanted.at(-1), all.server.receivedOf('conversation.item.create')];
}

describe('signing in', () => {
  it('should keep what was said before, the words that wait among them', async () => {
    const all = tab();
    all.server.refusal = 'unauthorised';
    all.conversation.sendText('Are you there?');
    await settle();
    all.server.refusal = null;
    all.signsIn('ann');
    expect(texts(all)).toEqual(['Are you there?']);
    await all.conversation.retry();
    await settle();
    expect(all.server.receivedOf('conversation.item.create')).toMatchObject([
      { item: { content: [{ text: 'Are you there?' }] } },
    ]);
  });

  it('should keep the conversation of a user whom the server names again', async () => {
    const all = tab();
    all.signsIn('ann');
    await says(all, 'I am Ann.');
    all.signIn.signedInAs('ann');
    expect(all.letGo).not.toHaveBeenCalled();
    expect(texts(all)).toEqual(['I am Ann.']);
  });
});

describe('somebody else', () => {
  it('should be told nothing of what the first user said, nor their session', async () => {
    const all = tab();
    all.signsIn('ann');
    await says(all, 'I am Ann.');
    all.signsIn('ben');
    expect(all.store.getState()).toMatchObject({ phase: 'stopped', conversationId: null, utterances: [] });
    expect(await retold(all)).toEqual([null, []]);
    all.keeper.dispose();
    expect([...all.own.entries.values()].join()).not.toContain('I am Ann.');
  });

  it('should be told nothing where the tab kept what the first user said, and has another key now', async () => {
    const first = tab();
    first.signsIn('ann');
    await says(first, 'I am Ann.');
    first.keeper.dispose();
    first.own.setItem('vivavoce.key', '"key-of-ben"');
    const reloaded = tab(first.shared, first.own);
    reloaded.signIn.signedInAs('ben');
    expect(reloaded.letGo).toHaveBeenCalledOnce();
    expect(await retold(reloaded)).toEqual([null, []]);
  });
});

describe('signing out', () => {
  it('should end the conversation and leave nothing of it in the browser', async () => {
    const all = tab();
    all.signsIn('ann');
    await says(all, 'I am Ann.');
    all.keeper.flush();
    all.keys.key = null;
    expect(all.store.getState()).toMatchObject({ phase: 'stopped', conversationId: null, utterances: [] });
    expect([all.server.open, all.audio.open]).toEqual([0, 0]);
    expect([...all.own.entries.values(), ...all.shared.entries.values()].join()).not.toContain('I am Ann.');
  });
});

describe('what the user thought of replies', () => {
  it('should be forgotten with them when they sign out', () => {
    const { signsIn, keys, ratings } = tab();
    signsIn('ann');
    keys.key = null;
    expect(ratings.forget.mock.calls).toEqual([['ann']]);
  });

  it('should wait for them while there is another key, but for what is not known to be theirs', () => {
    const { signsIn, ratings } = tab();
    signsIn('ann');
    signsIn('ben');
    expect(ratings.forget.mock.calls).toEqual([['']]);
  });
});

describe('a new key', () => {
  it('should give the same user their words again, the words that wait among them', async () => {
    const all = tab();
    all.signsIn('ann');
    await says(all, 'I am Ann.');
    all.server.end('unauthorised');
    all.conversation.sendText('Still there?');
    await settle();
    all.keys.key = 'another-key-of-ann';
    expect(texts(all)).toEqual([]);
    await all.conversation.start({ microphone: false });
    await settle();
    all.server.say({ type: 'conversation.created', conversation_id: 'c2' });
    all.signIn.signedInAs('ann');
    await settle();
    expect(texts(all)).toEqual(['I am Ann.', 'Still there?']);
    expect([all.server.open, all.server.wanted.at(-1)]).toEqual([1, 'c1']);
  });
});
