import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { ServerReturn } from './server-return.ts';
import { settle, started } from './testing.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A conversation whose server is gone, and the page that waits for it. */
async function lost() {
  const all = await started();
  const { server, store, conversation } = all;
  const page = { isSeen: true, asked: 0 };
  const comeback = new ServerReturn({
    store,
    isThere: () => {
      page.asked += 1;
      return Promise.resolve(server.refusal === null);
    },
    isSeen: () => page.isSeen,
    goOn: () => conversation.retry(),
  });
  server.refusal = 'gone';
  server.end('gone');
  return { ...all, comeback, page };
}

async function givenUp() {
  const all = await lost();
  await vi.advanceTimersByTimeAsync(2000);
  expect(all.store.getState().connection.kind).toBe('failed');
  return all;
}

const half = (): Promise<unknown> => vi.advanceTimersByTimeAsync(30_000);

describe('a server that was given up', () => {
  it('should be gone on with, by voice, as soon as it is there again', async () => {
    const { server, store, audio, page } = await givenUp();
    await half();
    await half();
    expect([page.asked, server.opened, audio.open]).toEqual([2, 4, 0]);
    server.refusal = null;
    await half();
    expect(store.getState()).toMatchObject({
      phase: 'running',
      hasMicrophone: true,
      connection: { kind: 'online' },
      problems: [],
    });
    expect([audio.open, vi.getTimerCount()]).toEqual([1, 1]);
  });

  it('should be looked for at once when the network or the user is back', async () => {
    const { server, store, comeback } = await givenUp();
    server.refusal = null;
    comeback.look();
    comeback.look();
    await settle();
    expect(store.getState().connection.kind).toBe('online');
    expect(server.open).toBe(1);
  });

  it('should not have the microphone opened by a page that nobody looks at', async () => {
    const { server, audio, page, comeback } = await givenUp();
    page.isSeen = false;
    server.refusal = null;
    await half();
    expect([page.asked, audio.open]).toEqual([0, 0]);
    page.isSeen = true;
    comeback.look();
    await settle();
    expect(audio.open).toBe(1);
  });

  it('should be looked for no longer by who closed the message, or began to talk again', async () => {
    const { store, page, conversation, server } = await givenUp();
    store.dispatch({ type: 'problem.gone', code: 'gave_up' });
    await half();
    expect([page.asked, vi.getTimerCount()]).toEqual([0, 0]);
    server.refusal = null;
    await conversation.retry();
    await half();
    expect([page.asked, server.open]).toEqual([0, 1]);
  });

  it('should leave nothing behind when the page is done with', async () => {
    const { comeback, page } = await givenUp();
    comeback.dispose();
    await half();
    expect([page.asked, vi.getTimerCount()]).toEqual([0, 0]);
  });
});

it('should make the next try at once when the network is back', async () => {
  const { server, store, comeback } = await lost();
  server.refusal = null;
  comeback.look();
  await settle();
  expect(store.getState().connection.kind).toBe('online');
  await half();
  expect(server.opened).toBe(2);
});
