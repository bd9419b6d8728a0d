import { expect, it, vi } from 'vitest';

import { FakeStorage } from './fake-storage.ts';
import { KeyRing } from './key-ring.ts';

it('should hold the key, and none when it was taken away', () => {
  const storage = new FakeStorage();
  new KeyRing(storage).key = 'sesame';
  expect(new KeyRing(storage).key).toBe('sesame');
  const ring = new KeyRing(storage);
  const changed = vi.fn();
  const unsubscribe = ring.subscribe(changed);
  ring.key = null;
  unsubscribe();
  ring.key = null;
  expect(changed).toHaveBeenCalledTimes(1);
  expect(ring.hasKey).toBe(false);
  expect(new KeyRing(storage).key).toBeNull();
});
