import { describe, expect, it } from 'vitest';

import { waterfallOf } from './waterfall.ts';

describe('waterfallOf', () => {
  it('should draw work under the silence beside the decision, not after it', () => {
    const marks = {
      turn_confirmed: 260,
      transcript: 170,
      first_token: 215,
      first_clause: 240,
      first_audio: 275,
    };
    expect(waterfallOf(marks)).toEqual({
      until: 275,
      confirmed: 260,
      work: [
        { name: 'transcript', from: 0, to: 170 },
        { name: 'first_token', from: 170, to: 215 },
        { name: 'first_clause', from: 215, to: 240 },
        { name: 'first_audio', from: 240, to: 275 },
      ],
    });
  });

  it('should do without steps that did not happen', () => {
    expect(waterfallOf({ first_token: 90, first_audio: 200 })).toEqual({
      until: 200,
      confirmed: null,
      work: [
        { name: 'first_token', from: 0, to: 90 },
        { name: 'first_audio', from: 90, to: 200 },
      ],
    });
  });

  it('should reach to the decision when nothing was heard', () => {
    expect(waterfallOf({ turn_confirmed: 600, transcript: 200 })?.until).toBe(600);
  });

  it('should give no step a negative length', () => {
    const work = waterfallOf({ transcript: 300, first_token: 250 })?.work;
    expect(work?.[1]).toEqual({ name: 'first_token', from: 300, to: 300 });
  });

  it('should find nothing to draw in marks of other things', () => {
    expect(waterfallOf({ played: 900 })).toBeNull();
    expect(waterfallOf({})).toBeNull();
  });
});
