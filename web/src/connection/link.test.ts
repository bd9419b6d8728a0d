import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { delayBefore } from './backoff.ts';
import type { BackoffPolicy } from './backoff.ts';
import { Link } from './link.ts';
import type { LinkStatus } from './link.ts';
import { ScriptedServer } from './scripted.ts';

const BACKOFF: BackoffPolicy = { firstMs: 100, factor: 2, maxMs: 1000, jitter: 0, tries: 3 };

function linkTo(server: ScriptedServer): { link: Link; statuses: LinkStatus[]; noises: string[] } {
  const statuses: LinkStatus[] = [];
  const noises: string[] = [];
  const link = new Link({
    open: server.connect,
    backoff: BACKOFF,
    listener: {
      onStatus: (status) => statuses.push(status),
      onEvent: () => undefined,
      onAudio: () => undefined,
      onMalformed: (reason) => noises.push(reason),
    },
  });
  return { link, statuses, noises };
}

const kinds = (statuses: readonly LinkStatus[]): string[] => statuses.map(({ kind }) => kind);

describe('delayBefore', () => {
  it('should grow to its maximum and then end', () => {
    const policy = { ...BACKOFF, tries: 6 };
    const waits = [1, 2, 3, 4, 5, 6, 7].map((attempt) => delayBefore(policy, attempt, 0));
    expect(waits).toEqual([100, 200, 400, 800, 1000, 1000, null]);
  });

  it('should shorten a wait by no more than the jitter', () => {
    expect(delayBefore({ ...BACKOFF, jitter: 0.3 }, 1, 1)).toBe(70);
  });
});

describe('Link', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('should be online once the server greets, not before', async () => {
    const server = new ScriptedServer();
    server.isGreeting = false;
    const { link, statuses } = linkTo(server);
    link.connect();
    await vi.advanceTimersByTimeAsync(10);
    expect(kinds(statuses)).toEqual(['connecting']);
    server.say({ type: 'session.created' });
    expect(kinds(statuses)).toEqual(['connecting', 'online']);
  });

  it('should come back after a loss and say which try it is', async () => {
    const server = new ScriptedServer();
    const { link, statuses } = linkTo(server);
    link.connect();
    await vi.advanceTimersByTimeAsync(0);
    server.end('gone');
    expect(statuses.at(-1)).toEqual({ kind: 'reconnecting', attempt: 1, limit: 3 });
    await vi.advanceTimersByTimeAsync(99);
    expect(server.opened).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(kinds(statuses)).toEqual(['connecting', 'online', 'reconnecting', 'online']);
    expect(server.opened).toBe(2);
  });

  it('should make the next try at once when asked to, and nothing where none is waited for', async () => {
    const server = new ScriptedServer();
    const { link, statuses } = linkTo(server);
    link.hurry();
    link.connect();
    link.hurry();
    await vi.advanceTimersByTimeAsync(0);
    server.end('gone');
    link.hurry();
    link.hurry();
    await vi.advanceTimersByTimeAsync(0);
    expect(kinds(statuses)).toEqual(['connecting', 'online', 'reconnecting', 'online']);
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.opened).toBe(2);
  });

  it('should give up after its tries and leave no timer behind', async () => {
    const server = new ScriptedServer();
    server.refusal = 'gone';
    const { link, statuses } = linkTo(server);
    link.connect();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(kinds(statuses)).toEqual(['connecting', 'reconnecting', 'reconnecting', 'reconnecting', 'failed']);
    expect(server.opened).toBe(4);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('should have its full number of tries again when asked to connect again', async () => {
    const server = new ScriptedServer();
    server.refusal = 'gone';
    const { link, statuses } = linkTo(server);
    link.connect();
    await vi.advanceTimersByTimeAsync(60_000);
    server.refusal = null;
    link.connect();
    await vi.advanceTimersByTimeAsync(0);
    expect(statuses.at(-1)).toEqual({ kind: 'online' });
  });

  it('should give up on a server that greets and drops every connection', async () => {
    const server = new ScriptedServer();
    const { link, statuses } = linkTo(server);
    link.connect();
    for (let round = 0; round < 4; round += 1) {
      await vi.advanceTimersByTimeAsync(1000);
      server.end('gone');
    }
    expect(statuses.at(-1)).toEqual({ kind: 'failed' });
  });

  it('should count tries anew after a connection that held', async () => {
    const server = new ScriptedServer();
    const { link, statuses } = linkTo(server);
    link.connect();
    for (let round = 0; round < 6; round += 1) {
      await vi.advanceTimersByTimeAsync(6000);
      server.end('gone');
    }
    expect(statuses.at(-1)).toEqual({ kind: 'reconnecting', attempt: 1, limit: 3 });
  });

  it('should take a server that never greets for gone', async () => {
    const server = new ScriptedServer();
    server.isGreeting = false;
    const { link, statuses } = linkTo(server);
    link.connect();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(kinds(statuses)).toEqual(['connecting', 'reconnecting']);
    expect(server.open).toBe(0);
  });

  it.each(['unauthorised', 'capacity', 'refused'] as const)(
    'should not try again when refused: %s',
    async (cause) => {
      const server = new ScriptedServer();
      server.refusal = cause;
      const { link, statuses } = linkTo(server);
      link.connect();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(statuses.at(-1)).toEqual({ kind: 'refused', cause });
      expect(server.opened).toBe(1);
    },
  );

  it.each(['conversation', 'character'] as const)(
    'should leave it to others to ask for no %s',
    async (what) => {
      const server = new ScriptedServer();
      server.refusal = `unknown_${what}`;
      const { link, statuses } = linkTo(server);
      link.connect();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(statuses.at(-1)).toEqual({ kind: 'unknown', what });
      expect(server.opened).toBe(1);
    },
  );

  it('should stay silent after it was closed while waiting to try again', async () => {
    const server = new ScriptedServer();
    const { link, statuses } = linkTo(server);
    link.connect();
    await vi.advanceTimersByTimeAsync(0);
    server.end('gone');
    link.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(statuses.at(-1)).toEqual({ kind: 'offline' });
    expect(server.opened).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('should drop what is sent while there is no session', async () => {
    const server = new ScriptedServer();
    const { link } = linkTo(server);
    link.connect();
    link.send({ type: 'response.create' });
    expect(link.sendAudio(new Int16Array(480))).toBe(false);
    await vi.advanceTimersByTimeAsync(0);
    link.send({ type: 'response.cancel' });
    expect(link.sendAudio(new Int16Array(480))).toBe(true);
    expect(server.received).toEqual([{ type: 'response.cancel' }]);
    expect(server.receivedSamples).toBe(480);
  });
});
