import { afterEach, expect, it, vi } from 'vitest';

import { Api } from './client.ts';
import { changePreferences, readPreferences } from './preferences.ts';

const api = new Api({ base: 'http://here/', key: () => 'secret' });

afterEach(() => {
  vi.unstubAllGlobals();
});

function answering(body: unknown) {
  const fetching = vi.fn<typeof fetch>(() => Promise.resolve(Response.json(body)));
  vi.stubGlobal('fetch', fetching);
  return fetching;
}

it('should read whose the preferences are, and when each was chosen', async () => {
  answering({
    user: 'ann',
    is_owner: false,
    data: { theme: { value: 'dark', changed_at: 5 }, odd: { value: {}, changed_at: 5 }, bare: 'x' },
  });
  expect(await readPreferences(api)).toEqual({
    user: 'ann',
    isOwner: false,
    choices: { theme: { value: 'dark', changedAt: 5 } },
  });
});

it('should send choices in the words of the server', async () => {
  const fetching = answering({ user: 'ann', is_owner: true, data: {} });
  await changePreferences(api, { speed: { value: 1.2, changedAt: 5 } });
  const [address, request] = fetching.mock.calls[0] ?? [];
  expect(String(address instanceof Request ? address.url : address)).toBe('http://here/v1/preferences');
  expect(request?.method).toBe('PATCH');
  expect(JSON.parse(request?.body as string)).toEqual({ data: { speed: { value: 1.2, changed_at: 5 } } });
});

it('should read nothing from nonsense', async () => {
  answering([]);
  expect(await readPreferences(api)).toEqual({ user: '', isOwner: false, choices: {} });
});
