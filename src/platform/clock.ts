import { itself, memoized } from './memoized.ts';

/** A day as `YYYY-MM-DD`; days are never moments, and never pass through a local-time `Date`. */
export type Day = string;

/** Time as an argument: code that needs today is given a clock. */
export interface Clock {
  now(): Date;
  today(): Day;
  /** In which days begin and end. */
  readonly timeZone: string;
}

/** The real clock; `today` is the day in the provider's time zone. */
export function systemClock(timeZone: string): Clock {
  return { timeZone, now: () => new Date(), today: () => dayOf(new Date(), timeZone) };
}

/** A clock that stands still at a moment, for tests and for the demo's history. */
export function fixedClock(moment: string | Date, timeZone = 'UTC'): Clock {
  const at = new Date(moment);
  return { timeZone, now: () => new Date(at), today: () => dayOf(at, timeZone) };
}

/** A formatter is slow to make and takes much memory. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formats.set(timeZone, format);
  }
  return format;
}

const MS_PER_MINUTE = 60_000;
const DAYS_KEPT = 10_000;

/** Days begin with a minute, so what is kept for one holds for every moment of it. */
const dayOfMinute = memoized(
  DAYS_KEPT,
  ({ minute, timeZone }: { minute: number; timeZone: string }) => formatOf(timeZone).format(minute * MS_PER_MINUTE),
  ({ minute, timeZone }) => timeZone + minute,
);

/** The calendar day of a moment in a time zone. */
export const dayOf = (moment: Date, timeZone: string): Day =>
  dayOfMinute({ minute: Math.floor(moment.getTime() / MS_PER_MINUTE), timeZone });

const MS_PER_DAY = 86_400_000;
const MS_PER_HOUR = 3_600_000;
const atUtcMidnight = memoized(DAYS_KEPT, (day: Day) => Date.parse(`${day}T00:00:00Z`), itself);

/**
 * A moment in the morning of a day of the time zone, past any change of the clocks; zones are at most 14 hours from
 * UTC.
 */
export function morningOf(day: Day, timeZone: string): Date {
  const noon = atUtcMidnight(day) + 12 * MS_PER_HOUR;
  const hour = Number(new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format(noon));
  const ahead = dayOf(new Date(noon), timeZone) > day ? hour + 24 : hour;
  return new Date(noon - (ahead - MORNING_HOUR) * MS_PER_HOUR);
}

const MORNING_HOUR = 6;

/** Whether the text is a day that exists, in a year that a business could mean. */
export function isDay(text: string): boolean {
  if (!/^(19|20|21)\d{2}-\d{2}-\d{2}$/.test(text)) return false;
  const moment = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text);
}

export function addDays(day: Day, days: number): Day {
  return new Date(atUtcMidnight(day) + days * MS_PER_DAY).toISOString().slice(0, 10);
}

/** Whole days from one day to another; negative when `to` is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((atUtcMidnight(to) - atUtcMidnight(from)) / MS_PER_DAY);
}

/** The day a number of months later; a day the month does not have becomes its last one. */
export function addMonths(day: Day, months: number): Day {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  const first = new Date(Date.UTC(year, month - 1 + months, 1));
  const lastDate = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(date, lastDate));
  return first.toISOString().slice(0, 10);
}
