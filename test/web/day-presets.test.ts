import { describe, expect, it } from 'vitest';
import { type DayPreset, presetDays } from '../../src/web/day-presets.ts';

describe('a span of days by its name', () => {
  it.each<[DayPreset, string, string, string]>([
    ['this_month', '2026-11-26', '2026-11-01', '2026-11-30'],
    ['last_month', '2027-01-05', '2026-12-01', '2026-12-31'],
    ['this_quarter', '2026-11-26', '2026-10-01', '2026-12-31'],
    ['last_quarter', '2027-02-05', '2026-10-01', '2026-12-31'],
    ['this_year', '2028-02-29', '2028-01-01', '2028-12-31'],
    ['last_year', '2028-02-29', '2027-01-01', '2027-12-31'],
  ])('%s on %s is from %s to %s', (preset, today, from, to) => {
    expect(presetDays(preset, today)).toEqual({ from, to });
  });
});
