/** Moments as people sort and say them: today, yesterday, the week, and before. Pure. */

export type DayGroup = 'today' | 'yesterday' | 'week' | 'earlier';

const A_WEEK_IN_DAYS = 7;

/** Which group a moment belongs to, by the calendar of wherever the reader is. */
export function dayGroupOf(moment: number, now: number): DayGroup {
  const days = calendarDay(now) - calendarDay(moment);
  if (days <= 0) return 'today';
  if (days === 1) return 'yesterday';
  return days < A_WEEK_IN_DAYS ? 'week' : 'earlier';
}

/** Splits a list that is sorted by time into its groups, in its order. */
export function groupByDay<Entry>(
  entries: readonly Entry[],
  momentOf: (entry: Entry) => number,
  now: number,
): readonly { readonly group: DayGroup; readonly entries: readonly Entry[] }[] {
  const groups: { group: DayGroup; entries: Entry[] }[] = [];
  for (const entry of entries) {
    const group = dayGroupOf(momentOf(entry), now);
    const last = groups.at(-1);
    if (last?.group === group) last.entries.push(entry);
    else groups.push({ group, entries: [entry] });
  }
  return groups;
}

/** As short as its group allows: the time of day, the weekday with it, or the date. */
export function shortMoment(moment: number, now: number, language: string): string {
  const isThisYear = new Date(moment).getFullYear() === new Date(now).getFullYear();
  const formats: Readonly<Record<DayGroup, Intl.DateTimeFormatOptions>> = {
    today: { hour: 'numeric', minute: '2-digit' },
    yesterday: { hour: 'numeric', minute: '2-digit' },
    week: { weekday: 'short', hour: 'numeric', minute: '2-digit' },
    earlier: { month: 'short', day: 'numeric', ...(isThisYear ? {} : { year: 'numeric' }) },
  };
  return new Intl.DateTimeFormat(language, formats[dayGroupOf(moment, now)]).format(moment);
}

/** With everything, for whoever wants to know exactly. */
export function fullMoment(moment: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'short' }).format(moment);
}

export function timeOfDay(moment: number, language: string): string {
  return new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' }).format(moment);
}

/** Whole days since 1970, by the local calendar: a summer-time change makes none longer. */
function calendarDay(moment: number): number {
  const date = new Date(moment);
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
}
