// @vitest-environment happy-dom
import { expect, it } from 'vitest';

import { FakeStorage } from './fake-storage.ts';
import { changedElsewhere, keepPreferences, readPreferences } from './kept-preferences.ts';

const NAME = 'vivavoce.preferences';

it('should keep what two tabs chose, each something else', () => {
  const storage = new FakeStorage();
  keepPreferences(storage, { theme: 'dark', speed: 1.2 });
  keepPreferences(storage, { language: 'zh' });
  keepPreferences(storage, { speed: 0.8 });
  expect(readPreferences(storage)).toEqual({ theme: 'dark', language: 'zh', speed: 0.8 });
});

it('should tell what another tab changed, and nothing else', () => {
  const change = { oldValue: '{"theme":"dark","speed":1}', newValue: '{"theme":"dark","speed":1.5,"x":2}' };
  expect(changedElsewhere(new StorageEvent('storage', { key: NAME, ...change }))).toEqual({ speed: 1.5 });
  expect(changedElsewhere(new StorageEvent('storage', { key: 'other', ...change }))).toEqual({});
  expect(changedElsewhere(new StorageEvent('storage', { key: NAME, newValue: '{broken' }))).toEqual({});
});
