import { beforeEach, describe, expect, it } from 'vitest';

import { Frames } from './every-frame.ts';
import type { Draw } from './every-frame.ts';

let asked: { readonly handle: number; readonly step: Draw } | null;
let requests: number;
let errors: unknown[];
let frames: Frames;

beforeEach(() => {
  asked = null;
  requests = 0;
  errors = [];
  frames = new Frames({
    request: (step) => {
      requests += 1;
      asked = { handle: requests, step };
      return requests;
    },
    cancel: (handle) => {
      if (asked?.handle === handle) asked = null;
    },
    report: (error) => errors.push(error),
  });
});

function repaint(nowMs: number): void {
  const due = asked;
  asked = null;
  due?.step(nowMs);
}

describe('the loop of repaints', () => {
  it('should ask the browser once for all pictures', () => {
    const drawn: string[] = [];
    frames.every(() => drawn.push('face'));
    frames.every(() => drawn.push('level'));
    repaint(16);
    repaint(32);
    expect(drawn.sort()).toEqual(['face', 'face', 'level', 'level']);
    expect(requests).toBe(3);
  });

  it('should ask for nothing when nothing moves', () => {
    const stop = frames.every(() => undefined);
    stop();
    expect(asked).toBeNull();
    frames.every(() => undefined);
    expect(asked).not.toBeNull();
  });

  it('should draw each picture no more often than it wishes', () => {
    let [slow, fast] = [0, 0];
    frames.every(
      () => (slow += 1),
      () => 1000 / 30,
    );
    frames.every(() => (fast += 1));
    for (let frame = 0; frame < 60; frame += 1) repaint((frame * 1000) / 60);
    expect([slow, fast]).toEqual([30, 60]);
  });

  it('should go by a wish that changes', () => {
    let drawn = 0;
    let intervalMs = 0;
    frames.every(
      () => (drawn += 1),
      () => intervalMs,
    );
    repaint(0);
    repaint(16);
    intervalMs = 100;
    repaint(32);
    repaint(116);
    expect(drawn).toBe(3);
  });

  it('should go on with the others when one fails, and say so', () => {
    let drawn = 0;
    frames.every(() => (drawn += 1));
    frames.every(() => {
      throw new Error('no picture');
    });
    frames.every(() => (drawn += 1));
    repaint(0);
    repaint(16);
    expect(drawn).toBe(4);
    expect(errors).toHaveLength(2);
  });

  it('should make none miss its turn when one ends itself, or both its neighbours', () => {
    const drawn: string[] = [];
    const first = frames.every(() => drawn.push('first'));
    const second = frames.every(() => {
      drawn.push('second');
      second();
    });
    frames.every(() => {
      drawn.push('third');
      first();
    });
    repaint(0);
    expect(drawn).toEqual(['third', 'second']);
    repaint(16);
    expect(drawn).toEqual(['third', 'second', 'third']);
    second();
    expect(asked).not.toBeNull();
  });
});
