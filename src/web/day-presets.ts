import type { Day } from '../platform/clock.ts';

/** Spans of days that a list can be filtered by without typing two dates. */
export const ISSUED_PRESETS = [
  'this_month',
  'last_month',
  'this_quarter',
  'last_quarter',
  'this_year',
  'last_year',
] as const;
export type DayPreset = (typeof ISSUED_PRESETS)[number];

const MONTHS = { month: 1, quarter: 3, year: 12 } as const;

/** The first and the last day of a span, both included. */
export function presetDays(preset: DayPreset, today: Day): { from: Day; to: Day } {
  const [which, unit] = preset.split('_') as ['this' | 'last', keyof typeof MONTHS];
  const length = MONTHS[unit];
  const [year, month] = today.split('-').map(Number) as [number, number];
  const current = Math.floor((month - 1) / length) * length;
  const first = which === 'this' ? current : current - length;
  return { from: dayIn(year, first, 1), to: dayIn(year, first + length, 0) };
}

/** @param month counted from 0, of any year */
const dayIn = (year: number, month: number, day: number): Day =>
  new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);
