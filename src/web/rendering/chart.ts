import { scaleBand, scaleLinear, scaleUtc } from 'd3-scale';
import { area, curveStepAfter, line } from 'd3-shape';
import type { Day } from '../../platform/clock.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import { markup, joinHtml, safe, type SafeHtml } from './html.ts';

/*
 * Charts as SVG. Pixels are drawn from amounts as floating-point numbers; what people read are the amounts as texts, and
 * the same figures as a table beside each chart.
 */

export interface ChartPoint {
  day: Day;
  /** Decimal text. */
  value: string;
  /** What the tip says of it. */
  label: string;
}

const WIDTH = 720;
const HEIGHT = 180;
const PADDING = 8;
const MOST_DOTS = 40;

/**
 * What holds until it changes, over time. From zero, the area below is filled; otherwise the heights compare nothing, and
 * only the line is drawn.
 */
export function stepChart(points: ChartPoint[], { fromZero, title }: { fromZero: boolean; title: string }): SafeHtml {
  if (points.length < 2) return safe('');
  const places = points.map(({ day, value, label }) => ({ at: new Date(day), value: Number(value), label }));
  const values = places.map(({ value }) => value);
  const x = scaleUtc([places[0]?.at ?? 0, places.at(-1)?.at ?? 0], [PADDING, WIDTH - PADDING]);
  const y = scaleLinear([fromZero ? 0 : Math.min(...values), Math.max(...values) || 1], [HEIGHT - PADDING, PADDING]);
  const shape = { x: ({ at }: { at: Date }) => x(at), y: ({ value }: { value: number }) => y(value) };
  type Place = (typeof places)[number];
  const drawnLine = line<Place>(shape.x, shape.y).curve(curveStepAfter).digits(1)(places);
  const drawnArea = area<Place>(shape.x, HEIGHT - PADDING, shape.y)
    .curve(curveStepAfter)
    .digits(1)(places);
  // Tooltips only while the dots are far enough apart to point at; a denser chart is read in its table.
  const dots = (places.length > MOST_DOTS ? [] : places).map(
    (place) =>
      markup`<circle cx="${tenth(x(place.at))}" cy="${tenth(y(place.value))}" r="3"><title>${place.label}</title></circle>`,
  );
  return markup`<svg
    class="chart"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img"
    aria-label="${title}"
    preserveAspectRatio="none"
  >
    ${fromZero ? markup`<path class="chart-area" d="${drawnArea ?? ''}" />` : ''}
    <path class="chart-line" d="${drawnLine ?? ''}" vector-effect="non-scaling-stroke" />
    <g class="chart-dots">${joinHtml(dots)}</g>
  </svg>`;
}

const tenth = (pixels: number) => Math.round(pixels * 10) / 10;

export interface MonthBar {
  /** Decimal text. */
  value: string;
  /** Under the bar. */
  label: string;
  tip: string;
}

/** Heights in pixels; widths in per cent, so that letters keep their size on every screen. */
const BARS = { top: 24, bottom: 254, scaleWidth: 9 };
const GRID_LINES = 5;

const FORMATS: Record<Locale, Intl.NumberFormat> = {
  en: new Intl.NumberFormat('en', { maximumFractionDigits: 1 }),
  ru: new Intl.NumberFormat('ru', { maximumFractionDigits: 1 }),
};

/** Short enough to stand above a bar. */
const THOUSAND: Record<Locale, string> = { en: 'k', ru: 'к' };

/** Below it, figures are told with their fraction. */
const SMALL = 10;

const inShort = (value: number, locale: Locale) =>
  value < 1_000
    ? FORMATS[locale].format(value < SMALL ? value : Math.round(value))
    : `${FORMATS[locale].format(value / 1_000)}${THOUSAND[locale]}`;

/** A bar for each month with its value above it, and a scale at the left; the present month stands out. */
export function monthBars(months: MonthBar[], { title, locale }: { title: string; locale: Locale }): SafeHtml {
  const values = months.map(({ value }) => Number(value));
  const y = scaleLinear([0, Math.max(...values, 0) || 1], [BARS.bottom, BARS.top]).nice(GRID_LINES);
  const x = scaleBand(months.keys(), [BARS.scaleWidth, 100]).paddingInner(0.32).paddingOuter(0.1);
  const figure = (value: number) => inShort(value, locale);
  const grid = y.ticks(GRID_LINES).map((tick) => {
    const height = tenth(y(tick));
    return markup`<line x1="${BARS.scaleWidth - 1}%" x2="100%" y1="${height}" y2="${height}"/><text class="scale" x="0" y="${height + 4}">${figure(tick)}</text>`;
  });
  const bars = months.map(({ label, tip }, index) => {
    const value = values[index] ?? 0;
    const [left, height] = [x(index) ?? 0, y(value)];
    const middle = tenth(left + x.bandwidth() / 2);
    const last = index === months.length - 1;
    const shown =
      value > 0 ? markup`<text class="value" x="${middle}%" y="${tenth(height - 6)}">${figure(value)}</text>` : '';
    return markup`<rect class="${last ? 'now' : 'past'}" x="${tenth(left)}%" y="${tenth(height)}" width="${tenth(x.bandwidth())}%" height="${tenth(BARS.bottom - height)}" rx="2"><title>${tip}</title></rect>${shown}<text class="month${index % 2 === 0 ? ' odd' : ''}" x="${middle}%" y="274">${label}</text>`;
  });
  return markup`<svg class="bars" role="img" aria-label="${title}">${joinHtml(grid)}${joinHtml(bars)}</svg>`;
}
