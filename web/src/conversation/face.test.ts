import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { reply, replyDone, started } from './testing.ts';
import type { SetUp } from './testing.ts';

const IDS = { response_id: 'r1', item_id: 'a1' };

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A reply with a mouth that is closed for a tenth of a second and then open. */
function tellMouth({ server }: SetUp): void {
  server.say({
    type: 'vivavoce.visemes',
    ...IDS,
    first_sample: 0,
    samples: 24_000,
    visemes: [
      { viseme: 'PP', sample: 0, weight: 1 },
      { viseme: 'aa', sample: 2400, weight: 0.9 },
    ],
  });
}

function hears({ audio }: SetUp, sample: number, isMoving = true, item = 'a1'): void {
  audio.sounding = { item, sample, isMoving };
}

function mouth({ conversation }: SetUp): number[] | null {
  const weights = new Float32Array(15);
  return conversation.face.readVisemes(weights)
    ? [...weights].map((weight) => Number(weight.toFixed(2)))
    : null;
}

const SHUT = [1, ...new Array<number>(14).fill(0)];

describe('the face of a conversation', () => {
  it('should have the mouth of the sample that is heard', async () => {
    const all = await started();
    reply(all.server);
    tellMouth(all);
    expect(mouth(all)).toBeNull();
    hears(all, 1200);
    expect(mouth(all)?.[1]).toBe(1);
    hears(all, 12_000);
    expect(mouth(all)?.[10]).toBe(0.9);
    hears(all, 12_000, true, 'another');
    expect(mouth(all)).toBeNull();
  });

  it('should shut its mouth while the reply is held', async () => {
    const all = await started();
    reply(all.server);
    tellMouth(all);
    hears(all, 12_000, false);
    expect(mouth(all)).toEqual(SHUT);
    expect(all.conversation.face.readReply(new Float32Array(8))).toBe(false);
  });

  it('should show an expression and make a movement when their words are heard, and not when they are told', async () => {
    const all = await started();
    const { face } = all.conversation;
    reply(all.server);
    all.server.say(
      { type: 'vivavoce.expression', ...IDS, expression: 'joy', first_sample: 0 },
      { type: 'vivavoce.action', ...IDS, action: 'nod', first_sample: 6000 },
      { type: 'vivavoce.expression', ...IDS, expression: 'sadness', first_sample: 12_000 },
    );
    expect([face.expression, face.action]).toEqual([null, null]);
    hears(all, 0);
    expect([face.expression, face.action]).toEqual(['joy', null]);
    hears(all, 6001);
    expect([face.expression, face.action]).toEqual(['joy', { name: 'nod', count: 1 }]);
    hears(all, 13_000);
    expect(face.expression).toBe('sadness');
  });

  it('should count movements, and think with the expression of thought', async () => {
    const all = await started();
    const { face } = all.conversation;
    reply(all.server);
    all.server.say(
      { type: 'vivavoce.action', ...IDS, action: 'nod', first_sample: 0 },
      { type: 'vivavoce.action', ...IDS, action: 'nod', first_sample: 0 },
      { type: 'vivavoce.expression', ...IDS, expression: 'thinking', first_sample: 500 },
    );
    hears(all, 100);
    expect(face.action).toEqual({ name: 'nod', count: 2 });
    hears(all, 600);
    expect(face.action).toEqual({ name: 'think', count: 3 });
  });

  it('should show what stands behind the last word when the reply has ended, also when it comes late', async () => {
    const all = await started();
    const { face } = all.conversation;
    reply(all.server);
    replyDone(all.server);
    all.server.say({ type: 'vivavoce.expression', ...IDS, expression: 'joy', first_sample: 24_000 });
    hears(all, 23_900);
    expect(face.expression).toBeNull();
    all.audio.advance('a1', 24_000);
    expect(face.expression).toBe('joy');
    all.server.say({ type: 'vivavoce.action', ...IDS, action: 'wave', first_sample: 24_000 });
    expect(face.action?.name).toBe('wave');
  });

  it('should not show what was never heard', async () => {
    const all = await started();
    const { face } = all.conversation;
    reply(all.server);
    tellMouth(all);
    all.server.say({ type: 'vivavoce.expression', ...IDS, expression: 'joy', first_sample: 12_000 });
    hears(all, 6000);
    all.server.say({ type: 'vivavoce.playout.clear', ...IDS });
    all.server.say({ type: 'vivavoce.expression', ...IDS, expression: 'anger', first_sample: 12_000 });
    expect(face.expression).toBeNull();
    expect(mouth(all)).toBeNull();
  });

  it('should begin every reply with a face of its own', async () => {
    const all = await started();
    const { face } = all.conversation;
    reply(all.server);
    all.server.say({ type: 'vivavoce.expression', ...IDS, expression: 'joy', first_sample: 0 });
    hears(all, 100);
    expect(face.expression).toBe('joy');
    reply(all.server, 2);
    expect(face.expression).toBeNull();
  });

  it('should forget a session that is over', async () => {
    const all = await started();
    const { face } = all.conversation;
    reply(all.server);
    tellMouth(all);
    all.server.say({ type: 'vivavoce.expression', ...IDS, expression: 'joy', first_sample: 0 });
    hears(all, 12_000);
    expect(face.expression).toBe('joy');
    all.conversation.stop();
    expect([face.expression, face.mood, mouth(all)]).toEqual([null, 'idle', null]);
  });
});
