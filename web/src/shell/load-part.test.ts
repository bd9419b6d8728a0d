import { expect, it, vi } from 'vitest';

import { PartLoader } from './load-part.ts';

const ADDRESS = 'http://host/assets/help-a1.js';

/** As Chromium does: what failed once fails for ever under its address. */
function browser() {
  const place = {
    isServerThere: true,
    imports: [] as string[],
    remembered: new Set<string>(),
    importAt: (address: string): Promise<{ readonly from: string }> => {
      place.imports.push(address);
      if (!place.isServerThere) place.remembered.add(address);
      return place.remembered.has(address)
        ? Promise.reject(new TypeError(`Failed to fetch dynamically imported module: ${address}`))
        : Promise.resolve({ from: address });
    },
    takeBrokenStyles: vi.fn<() => readonly string[]>(() => []),
    addStyle: vi.fn<(address: string) => Promise<void>>(() => Promise.resolve()),
  };
  const loader = new PartLoader(place);
  return { place, load: () => loader.load(() => place.importAt(ADDRESS)) };
}

it('should load a part by its own address', async () => {
  const { place, load } = browser();
  expect(await load()).toEqual({ from: ADDRESS });
  expect(place.imports).toEqual([ADDRESS]);
});

it('should load a part that failed once the server is back', async () => {
  const { place, load } = browser();
  place.isServerThere = false;
  await expect(load()).rejects.toThrow('Failed to fetch');
  await expect(load()).rejects.toThrow('Failed to fetch');
  place.isServerThere = true;
  expect(await load()).toEqual({ from: `${ADDRESS}?again=2` });
});

it('should have styles that did not come asked for anew', async () => {
  const { place, load } = browser();
  place.isServerThere = false;
  place.takeBrokenStyles.mockReturnValueOnce(['help.css']);
  await expect(load()).rejects.toThrow();
  place.addStyle.mockRejectedValueOnce(new TypeError('away'));
  await expect(load()).rejects.toThrow('away');
  place.isServerThere = true;
  await load();
  await load();
  expect(place.addStyle.mock.calls).toEqual([['help.css'], ['help.css']]);
});

it('should leave alone what failed for another reason', async () => {
  const { place } = browser();
  const loader = new PartLoader(place);
  const broken = (): Promise<never> => Promise.reject(new ReferenceError('x is not defined'));
  await expect(loader.load(broken)).rejects.toThrow('x is not defined');
  await expect(loader.load(broken)).rejects.toThrow('x is not defined');
  expect(place.imports).toEqual([]);
});
