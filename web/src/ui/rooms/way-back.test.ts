import { beforeEach, expect, it } from 'vitest';

import { WayBack } from './way-back.ts';

/** A browser's history: addresses with what is kept with each. */
class Browser {
  readonly entries: { address: string; state: unknown }[];
  at = 0;

  constructor(address: string) {
    this.entries = [{ address, state: null }];
  }

  get state(): unknown {
    return this.entries[this.at]?.state ?? null;
  }

  get address(): string {
    return this.entries[this.at]?.address ?? '';
  }

  replaceState(state: unknown, _title: string, address?: string | URL | null): void {
    this.entries[this.at] = { address: address?.toString() ?? this.address, state };
  }

  go(steps = 0): void {
    this.at += steps;
  }

  follow(address: string): void {
    this.entries.splice(this.at + 1, Infinity, { address, state: null });
    this.at += 1;
  }
}

let browser = new Browser('/');
let way = new WayBack(browser, () => false);

const openedAt = (address: string): void => {
  browser = new Browser(address);
  way = new WayBack(browser, () => browser.address.startsWith('#/'));
};
const follow = (address: string): void => {
  browser.follow(address);
  way.arrived();
};
const leave = (): void => {
  way.leave('/');
  way.arrived();
};
const back = (): void => {
  browser.go(-1);
  way.arrived();
};

beforeEach(() => {
  openedAt('/');
});

it('should go back to the page, however many rooms were looked into', () => {
  follow('#/help');
  follow('#/settings');
  follow('#/settings/sound');
  expect(way.isLeaving).toBe(false);
  leave();
  expect([browser.at, browser.address, way.isLeaving]).toEqual([0, '/', false]);
});

it('should count anew when the user went back by the browser', () => {
  follow('#/help');
  follow('#/settings');
  back();
  leave();
  expect([browser.at, browser.address]).toEqual([0, '/']);
  follow('#/history');
  leave();
  expect([browser.at, browser.address]).toEqual([0, '/']);
});

it('should make the page of a room that was opened by its address, with nothing of ours before it', () => {
  openedAt('#/help');
  leave();
  expect([browser.at, browser.address]).toEqual([0, '/']);
  follow('#/settings');
  leave();
  expect([browser.at, browser.address]).toEqual([0, '/']);
});

it('should go no further back than the room that was opened by its address', () => {
  openedAt('#/help');
  follow('#/settings');
  leave();
  expect([browser.at, browser.address]).toEqual([1, '/']);
});

it('should know the way back still after the page was loaded again', () => {
  follow('#/help');
  follow('#/settings');
  way = new WayBack(browser, () => true);
  way.leave('/');
  expect([browser.at, browser.address, way.isLeaving]).toEqual([0, '/', true]);
});
