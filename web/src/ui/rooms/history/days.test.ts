import { describe, expect, it } from 'vitest';

import { dayGroupOf, groupByDay, shortMoment } from './days.ts';

const at = (day: number, hour: number, month = 10): number => new Date(2026, month, day, hour, 5).getTime();
const NOW = at(20, 9);

describe('the days of a history', () => {
  it.each([
    ['this morning', at(20, 1), 'today'],
    ['a clock that is ahead', at(21, 1), 'today'],
    ['late last night', at(19, 23), 'yesterday'],
    ['early the day before', at(18, 0), 'week'],
    ['six days ago', at(14, 12), 'week'],
    ['a week ago', at(13, 23), 'earlier'],
    ['last year', at(20, 9, -2), 'earlier'],
  ] as const)('should know %s', (_, moment, group) => {
    expect(dayGroupOf(moment, NOW)).toBe(group);
  });

  it('should keep the order they come in', () => {
    const moments = [at(20, 8), at(20, 7), at(19, 7), at(1, 1)];
    expect(
      groupByDay(moments, (moment) => moment, NOW).map(({ group, entries }) => [group, entries.length]),
    ).toEqual([
      ['today', 2],
      ['yesterday', 1],
      ['earlier', 1],
    ]);
  });

  it('should be told as shortly as they can be', () => {
    expect(shortMoment(at(20, 8), NOW, 'en')).toMatch(/^8:05\sAM$/);
    expect(shortMoment(at(17, 8), NOW, 'en')).toMatch(/^Tue 8:05\sAM$/);
    expect(shortMoment(at(1, 8), NOW, 'en')).toBe('Nov 1');
    expect(shortMoment(at(1, 8), NOW, 'zh')).toBe('11月1日');
    expect(shortMoment(at(20, 9, -2), NOW, 'en')).toContain('2025');
  });
});
