// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { AppRoot, createApp } from './app.tsx';
import type { App } from './app.tsx';

/** A socket to a server that greets at once and keeps the conversation. */
class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  binaryType = '';
  bufferedAmount = 0;
  readonly sent: string[] = [];
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
    FakeSocket.all.push(this);
    setTimeout(() => {
      this.readyState = FakeSocket.OPEN;
      this.dispatchEvent(new Event('open'));
      this.#say({ type: 'session.created', session: { id: 's' } });
      this.#say({ type: 'conversation.created', conversation: { id: 'c1' } });
    });
  }

  send(data: string): void {
    this.sent.push(data);
  }

  close(): void {
    this.readyState = 3;
  }

  #say(event: object): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(event) }));
  }
}

/** Whose preferences are asked for, by their key. */
function answer(_url: unknown, init?: RequestInit): Promise<Response> {
  const key = new Headers(init?.headers).get('Authorization')?.replace('Bearer key-of-', '') ?? '';
  return Promise.resolve(new Response(JSON.stringify({ user: key, is_owner: false, data: {} })));
}

/** What one of them has chosen on another machine. */
const choosing =
  (data: object): typeof answer =>
  (_url, init) => {
    const isAsked = init?.method === 'GET' && new Headers(init.headers).has('Authorization');
    const body = isAsked ? { user: 'ann', data } : {};
    return Promise.resolve(new Response(JSON.stringify(body)));
  };

/** What the browser tells of preferences that another tab has written. */
function tellChosen(before: object, after: object): void {
  const [oldValue, newValue] = [JSON.stringify(before), JSON.stringify(after)];
  localStorage.setItem('vivavoce.preferences', newValue);
  act(() => {
    window.dispatchEvent(new StorageEvent('storage', { key: 'vivavoce.preferences', oldValue, newValue }));
  });
}

const ask = vi.fn(answer);
let app: App;

const settle = (): Promise<void> =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(50);
  });

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  sessionStorage.clear();
  // No graphics here.
  localStorage.setItem('vivavoce.preferences', '{"face":"none","greeting":false}');
  FakeSocket.all = [];
  ask.mockReset().mockImplementation(answer);
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('fetch', ask);
  vi.stubGlobal('BroadcastChannel', undefined);
  app = createApp();
});
afterEach(() => {
  cleanup();
  app.dispose();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function shown(): Promise<void> {
  render(<AppRoot app={app} />);
  await settle();
}

async function types(text: string): Promise<void> {
  fireEvent.change(screen.getByTestId('text-input'), { target: { value: text } });
  fireEvent.click(screen.getByTestId('send'));
  await settle();
}

async function uses(key: string | null): Promise<void> {
  act(() => {
    app.services.setKey(key);
  });
  await settle();
}

describe('who sits in front of the page', () => {
  it('should see and tell nothing of what the user before them said', async () => {
    await shown();
    await uses('key-of-ann');
    await types('I am Ann.');
    expect(screen.getByTestId('history').textContent).toContain('I am Ann.');
    await uses(null);
    expect(screen.getByTestId('history').textContent).not.toContain('I am Ann.');
    expect(FakeSocket.all.map(({ readyState }) => readyState)).toEqual([3]);
    await uses('key-of-ben');
    await types('I am Ben.');
    const [anns, bens] = FakeSocket.all;
    expect(anns?.sent.join()).toContain('I am Ann.');
    expect(bens?.sent.join()).toContain('I am Ben.');
    expect(bens?.sent.join()).not.toContain('I am Ann.');
    expect(bens?.url).not.toContain('c1');
    app.leave();
    const kept = [localStorage, sessionStorage].flatMap((storage) => Object.values(storage) as unknown[]);
    expect(kept.join()).toContain('I am Ben.');
    expect(kept.join()).not.toContain('I am Ann.');
  });

  it('should find what they were shown by the server gone with them', async () => {
    await shown();
    await uses('key-of-ann');
    app.queries.setQueryData(['conversations'], ['of Ann']);
    await uses('key-of-ben');
    expect(app.queries.getQueryData(['conversations'])).toBeUndefined();
  });
});

describe('tabs of one browser', () => {
  it('should follow what is chosen in another', async () => {
    await shown();
    tellChosen({ face: 'none' }, { face: 'none', theme: 'dark' });
    expect(document.documentElement.dataset.theme).toBe('dark');
  });

  it('should leave a running conversation as it is, until it is over', async () => {
    await shown();
    await types('Hello.');
    tellChosen({}, { theme: 'dark', mode: 'push-to-talk', voice: 'bella', microphone: 'other' });
    await settle();
    const chosen = { mode: 'push-to-talk', voice: 'bella', microphone: 'other' };
    expect(app.store.getState().preferences).toMatchObject({ theme: 'dark', mode: 'hands-free', voice: '' });
    expect(app.store.getState().preferences.microphone).toBe('');
    expect(FakeSocket.all.at(-1)?.sent.join()).not.toContain('bella');
    act(() => {
      app.services.intents.stop();
    });
    expect(app.store.getState().preferences).toMatchObject(chosen);
  });

  it('should let hold what was chosen here since', async () => {
    await shown();
    await types('Hello.');
    tellChosen({}, { voice: 'bella', speed: 1.5 });
    act(() => {
      app.services.intents.setPreferences({ voice: 'heart' });
      app.services.intents.stop();
    });
    expect(app.store.getState().preferences).toMatchObject({ voice: 'heart', speed: 1.5 });
  });

  it('should show a conversation no longer that is deleted in another', async () => {
    await shown();
    await types('Remember this.');
    localStorage.setItem('vivavoce.deleted', '{"ids":["c1"],"all":{}}');
    act(() => {
      window.dispatchEvent(new StorageEvent('storage', { key: 'vivavoce.deleted' }));
    });
    await settle();
    expect(screen.getByTestId('history').textContent).not.toContain('Remember this.');
    expect(FakeSocket.all.at(-1)?.sent.join()).not.toContain('Remember this.');
  });
});

it('should leave a running conversation as it is when the user has chosen on another machine', async () => {
  await shown();
  await uses('key-of-ann');
  await types('Hello.');
  ask.mockImplementation(choosing({ voice: { value: 'bella', changed_at: 5 } }));
  document.dispatchEvent(new Event('visibilitychange'));
  await settle();
  expect(FakeSocket.all.at(-1)?.sent.join()).not.toContain('bella');
  expect(app.store.getState().preferences.voice).toBe('');
  act(() => {
    app.services.intents.stop();
  });
  expect(app.store.getState().preferences.voice).toBe('bella');
});

it('should do nothing any more once it is disposed of, whatever happens', async () => {
  await shown();
  await uses('key-of-ann');
  await types('Hello.');
  cleanup();
  app.dispose();
  await vi.advanceTimersByTimeAsync(1000);
  expect(vi.getTimerCount()).toBe(0);
  ask.mockClear();
  const before = app.store.getState();
  app.services.setKey('key-of-ben');
  window.dispatchEvent(new Event('online'));
  document.dispatchEvent(new Event('visibilitychange'));
  window.dispatchEvent(new StorageEvent('storage', { key: 'vivavoce.deleted' }));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask).not.toHaveBeenCalled();
  expect(app.store.getState()).toBe(before);
  expect(FakeSocket.all.map(({ readyState }) => readyState)).toEqual([3]);
});
