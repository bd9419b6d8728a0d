import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { INITIAL_PREFERENCES } from '../state/index.ts';
import type { Preferences } from '../state/index.ts';
import type { Choice } from './choices.ts';
import { PreferenceSync } from './preference-sync.ts';
import type { Kept } from './preference-sync.ts';

const START_SECONDS = 1_000;

/** What several machines share: it keeps the later choice of each name, by user. */
class FakeServer {
  readonly users = new Map<string, Map<string, Choice>>();
  isDown = false;
  requests = 0;
  /** How long answers are on their way. */
  answersAfterMs = 0;

  fetch(user: string): Promise<Kept> {
    return this.send(user, {});
  }

  send(user: string, choices: Readonly<Record<string, Choice>>): Promise<Kept> {
    this.requests += 1;
    if (this.isDown) return Promise.reject(new Error('unreachable'));
    const kept = this.users.get(user) ?? new Map<string, Choice>();
    this.users.set(user, kept);
    for (const [name, choice] of Object.entries(choices)) {
      if (choice.changedAt >= (kept.get(name)?.changedAt ?? 0)) kept.set(name, choice);
    }
    const answer = { user, choices: Object.fromEntries(kept) };
    if (this.answersAfterMs === 0) return Promise.resolve(answer);
    return new Promise((resolve) => {
      setTimeout(resolve, this.answersAfterMs, answer);
    });
  }
}

/** A browser, in which somebody may sign in. */
function machine(server: FakeServer, storage = memory(), preferences: Preferences = INITIAL_PREFERENCES) {
  let user: string | null = null;
  let held = preferences;
  const told: string[] = [];
  const sync = new PreferenceSync({
    storage,
    preferences: () => held,
    adopt: (adopted) => {
      held = { ...held, ...adopted };
      // The page tells of every change, of these too.
      sync.chose(adopted);
    },
    key: () => user,
    onUser: (name) => {
      told.push(name);
    },
    fetchKept: () => server.fetch(user ?? ''),
    sendChoices: (choices) => server.send(user ?? '', choices),
  });
  return {
    storage,
    sync,
    told,
    preferences: () => held,
    choose: (choice: Partial<Preferences>) => {
      held = { ...held, ...choice };
      sync.chose(choice);
    },
    signIn: async (name: string | null) => {
      user = name;
      await sync.sync();
    },
  };
}

function memory(): Storage {
  const entries = new Map<string, string>();
  return {
    get length() {
      return entries.size;
    },
    clear: () => {
      entries.clear();
    },
    key: () => null,
    getItem: (name) => entries.get(name) ?? null,
    setItem: (name, value) => void entries.set(name, value),
    removeItem: (name) => void entries.delete(name),
  };
}

const soon = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1_000);

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(START_SECONDS * 1000);
});
afterEach(() => {
  vi.useRealTimers();
});

it('should bring a choice to another machine of the same user', async () => {
  const server = new FakeServer();
  const first = machine(server);
  await first.signIn('ann');
  first.choose({ theme: 'dark', speed: 1.2 });
  await soon();
  const second = machine(server);
  await second.signIn('ann');
  expect(second.preferences()).toEqual({ ...INITIAL_PREFERENCES, theme: 'dark', speed: 1.2 });
});

it('should send choices together, and nothing that nobody chose', async () => {
  const server = new FakeServer();
  const here = machine(server);
  await here.signIn('ann');
  for (const theme of ['dark', 'light', 'dark'] as const) here.choose({ theme });
  const before = server.requests;
  await soon();
  expect(server.requests - before).toBe(2);
  expect([...(server.users.get('ann')?.keys() ?? [])]).toEqual(['theme']);
});

it('should let the later choice of each hold, whichever machine it was made on', async () => {
  const server = new FakeServer();
  const [first, second] = [machine(server), machine(server)];
  await first.signIn('ann');
  await second.signIn('ann');
  server.isDown = true;
  first.choose({ theme: 'dark', voice: 'heart' });
  await soon();
  second.choose({ theme: 'light' });
  server.isDown = false;
  await soon();
  await first.sync.sync();
  await second.sync.sync();
  for (const each of [first, second]) {
    expect(each.preferences()).toMatchObject({ theme: 'light', voice: 'heart' });
  }
});

it('should send what was chosen while the server was away, also after a reload', async () => {
  const server = new FakeServer();
  const here = machine(server);
  await here.signIn('ann');
  server.isDown = true;
  here.choose({ theme: 'dark' });
  await soon();
  expect(here.preferences().theme).toBe('dark');
  here.sync.dispose();

  server.isDown = false;
  const reloaded = machine(server, here.storage, here.preferences());
  await reloaded.signIn('ann');
  expect(server.users.get('ann')?.get('theme')).toEqual({ value: 'dark', changedAt: START_SECONDS });
});

it('should try again by itself', async () => {
  const server = new FakeServer();
  const here = machine(server);
  await here.signIn('ann');
  server.isDown = true;
  here.choose({ theme: 'dark' });
  await soon();
  server.isDown = false;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(server.users.get('ann')?.get('theme')?.value).toBe('dark');
});

it('should take along what somebody chose before they signed in', async () => {
  const server = new FakeServer();
  const here = machine(server);
  here.choose({ theme: 'dark' });
  await soon();
  expect(server.requests).toBe(0);
  await here.signIn('ann');
  expect(server.users.get('ann')?.get('theme')?.value).toBe('dark');
});

it('should keep nothing of one user for another', async () => {
  const server = new FakeServer();
  const here = machine(server);
  await here.signIn('ann');
  here.choose({ theme: 'dark', voice: 'heart', language: 'zh' });
  await soon();
  await server.send('ben', { voice: { value: 'bella', changedAt: 5 } });
  await here.signIn('ben');
  expect(here.preferences()).toMatchObject({ theme: 'system', voice: 'bella', language: 'zh' });
  expect([...(server.users.get('ben')?.keys() ?? [])]).toEqual(['voice']);
  await here.signIn('ann');
  expect(here.preferences()).toMatchObject({ theme: 'dark', voice: 'heart' });
});

it('should let a new choice hold on a machine whose clock is behind', async () => {
  const server = new FakeServer();
  await server.send('ann', { theme: { value: 'dark', changedAt: START_SECONDS + 500 } });
  const here = machine(server);
  await here.signIn('ann');
  here.choose({ theme: 'light' });
  await soon();
  expect(server.users.get('ann')?.get('theme')?.value).toBe('light');
});

it('should leave alone what belongs to the machine, and what it cannot read', async () => {
  const server = new FakeServer();
  await server.send('ann', {
    theme: { value: 'plaid', changedAt: 5 },
    microphone: { value: 'other', changedAt: 5 },
    later: { value: 1, changedAt: 5 },
  });
  const here = machine(server);
  await here.signIn('ann');
  expect(here.preferences()).toEqual(INITIAL_PREFERENCES);
});

it('should send nothing once the key is gone', async () => {
  const server = new FakeServer();
  const here = machine(server);
  await here.signIn('ann');
  await here.signIn(null);
  const before = server.requests;
  here.choose({ theme: 'dark' });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.requests).toBe(before);
  expect(vi.getTimerCount()).toBe(0);
});

it('should know what another tab noted meanwhile, and not put it back', async () => {
  const server = new FakeServer();
  const storage = memory();
  const [one, other] = [machine(server, storage), machine(server, storage)];
  await one.signIn('ann');
  await other.signIn('ann');
  other.choose({ theme: 'dark' });
  one.choose({ eagerness: 'high' });
  const { at } = JSON.parse(storage.getItem('vivavoce.preferences.chosen') ?? '{}') as { at: object };
  expect(Object.keys(at).toSorted()).toEqual(['eagerness', 'theme']);
  expect(one.sync.isOurs).toBe(true);
  await machine(server, storage).signIn('ben');
  expect(one.sync.isOurs).toBe(false);
});

describe('an answer that was asked for with a key that is gone', () => {
  const SLOW_MS = 2_000;

  /** A machine that is still waiting for what the server keeps of Ann. */
  async function waitingForAnn() {
    const server = new FakeServer();
    await server.send('ann', { theme: { value: 'dark', changedAt: 5 } });
    server.answersAfterMs = SLOW_MS;
    const here = machine(server);
    const asked = here.signIn('ann');
    return { server, here, asked };
  }

  it('should be nobody’s after she signed out', async () => {
    const { here, asked } = await waitingForAnn();
    await here.signIn(null);
    await vi.advanceTimersByTimeAsync(SLOW_MS);
    await asked;
    expect([here.told, here.preferences().theme, vi.getTimerCount()]).toEqual([[], 'system', 0]);
  });

  it('should not be taken for whom the next key is, who is asked for instead', async () => {
    const { here, asked } = await waitingForAnn();
    await here.signIn('ben');
    await vi.advanceTimersByTimeAsync(SLOW_MS);
    await asked;
    expect(here.told).toEqual([]);
    await vi.advanceTimersByTimeAsync(2 * SLOW_MS);
    expect([here.told, here.preferences().theme]).toEqual([['ben'], 'system']);
  });

  it('should not be taken either where it answers what was sent', async () => {
    const { here, asked } = await waitingForAnn();
    here.choose({ voice: 'heart' });
    await vi.advanceTimersByTimeAsync(SLOW_MS);
    expect(here.told).toEqual(['ann']);
    await here.signIn('ben');
    await vi.advanceTimersByTimeAsync(SLOW_MS);
    await asked;
    expect(here.told).toEqual(['ann']);
    await vi.advanceTimersByTimeAsync(2 * SLOW_MS);
    expect(here.told).toEqual(['ann', 'ben']);
  });
});
