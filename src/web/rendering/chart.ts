import { type Day, daysBetween } from '../../platform/clock.ts';
import { Exact } from '../../domain/money/money.ts';
import { escapeHtml, safe, type SafeHtml } from './view-helpers.ts';

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
  // Tips for a chart that can be aimed at; a denser one is read in its table.
  const dots = (placed.length > MOST_DOTS ? [] : placed)
    .map(({ x, y, label }) => `<circle cx="${x}" cy="${y}" r="3"><title>${escapeHtml(label)}</title></circle>`)
    .join('');
  return safe(
    `<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)}" preserveAspectRatio="none">` +
      `<path class="chart-area" d="${area}"/><path class="chart-line" d="${line}" vector-effect="non-scaling-stroke"/><g class="chart-dots">${dots}</g></svg>`,
  );
}

const round = (pixels: number) => Math.round(pixels * 10) / 10;
