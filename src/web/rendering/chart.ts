import { type Day, daysBetween } from '../../platform/clock.ts';
import { Exact } from '../../domain/money/money.ts';
import { markup, joinHtml, safe, type SafeHtml } from './html.ts';

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
 * A line over time as SVG: steps for a balance, which holds between its movements. Pixels are drawn from ratios, so
 * the amounts stay decimal texts. The page shows the same figures as a table beside it.
 */
export function lineChart(points: ChartPoint[], { steps, title }: { steps: boolean; title: string }): SafeHtml {
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last || points.length < 2) return safe('');
  const values = points.map((point) => new Exact(point.value));
  const top = Exact.max(...values);
  const bottom = steps ? new Exact(0) : Exact.min(...values);
  const range = top.equals(bottom) ? new Exact(1) : top.minus(bottom);
  const span = Math.max(1, daysBetween(first.day, last.day));
  const placed = points.map((point, index) => ({
    ...point,
    x: round(PADDING + (daysBetween(first.day, point.day) / span) * (WIDTH - 2 * PADDING)),
    y: round(
      HEIGHT - PADDING - (values[index] as Exact).minus(bottom).dividedBy(range).toNumber() * (HEIGHT - 2 * PADDING),
    ),
  }));
  const line = placed
    .map(({ x, y }, index) => (index === 0 ? `M${x} ${y}` : steps ? `H${x}V${y}` : `L${x} ${y}`))
    .join('');
  const area = `${line}V${HEIGHT - PADDING}H${PADDING}Z`;
  // Tooltips only while the dots are far enough apart to point at; a denser chart is read in its table.
  const dots = (placed.length > MOST_DOTS ? [] : placed).map(
    ({ x, y, label }) => markup`<circle cx="${x}" cy="${y}" r="3"><title>${label}</title></circle>`,
  );
  return markup`<svg
    class="chart"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img"
    aria-label="${title}"
    preserveAspectRatio="none"
  >
    <path class="chart-area" d="${area}" />
    <path class="chart-line" d="${line}" vector-effect="non-scaling-stroke" />
    <g class="chart-dots">${joinHtml(dots)}</g>
  </svg>`;
}

const round = (pixels: number) => Math.round(pixels * 10) / 10;

export interface MonthBar {
  /** Decimal text. */
  value: string;
  /** Under the bar. */
  label: string;
  tip: string;
}

const BAR = { width: 22, pitch: 30, baseline: 116, highest: 100 };

/** A bar for each month; the page shows the same figures as a table beside it. */
export function monthBars(months: MonthBar[], { title }: { title: string }): SafeHtml {
  const most = Exact.max(...months.map(({ value }) => new Exact(value)), 0);
  const bars = months.map(({ value, label, tip }, index) => {
    const share = most.isZero() ? 0 : new Exact(value).dividedBy(most).times(BAR.highest).round().toNumber();
    const left = index * BAR.pitch + 4;
    return markup`<rect x="${left}" y="${BAR.baseline - share}" width="${BAR.width}" height="${Math.max(share, 1)}" rx="3"><title>${tip}</title></rect><text x="${left + BAR.width / 2}" y="134">${label}</text>`;
  });
  return markup`<svg class="bars" viewBox="0 0 360 140" role="img" aria-label="${title}">${joinHtml(bars)}</svg>`;
}
