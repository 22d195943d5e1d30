import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';

/** One measured value, with the goal that it has, if any. */
export interface Figure {
  name: string;
  value: number;
  unit?: string;
  atLeast?: number;
  atMost?: number;
  /** What it was made of; printed only. */
  detail?: string;
}

const FILE = path.join(import.meta.dirname, '../../docs/performance.md');
const BEGIN = '<!-- The table that `npm run bench` writes begins here. -->';
const END = '<!-- It ends here. -->';

/** A ratio that fell by more than this share since the table was written is pointed out. */
const FALL = 0.25;

/** The figures of one run of the benchmarks. Each is printed as it comes; nothing fails for one that misses its goal. */
export class Report {
  /** By name, then by the column: the number of orders in the database, or '' for what has a size of its own. */
  readonly #figures = new Map<string, Map<string, Figure>>();
  column = '';

  add(figure: Figure): void {
    const cells = this.#figures.get(figure.name) ?? new Map<string, Figure>();
    this.#figures.set(figure.name, cells.set(this.column, figure));
    const parts = [figure.name, valueOf(figure), goalOf(figure), missed(figure) ? 'MISSED' : '', figure.detail ?? ''];
    console.log([this.column && `${this.column} orders`, ...parts].filter(Boolean).join(' | '));
  }

  /** Says which ratios are far below those of the table in docs/performance.md. */
  async compare(): Promise<void> {
    const table = await fs.readFile(FILE, 'utf8');
    let fallen = 0;
    for (const [name, cells] of this.#figures) {
      for (const [column, figure] of cells) {
        const before = valueInTable(table, name, column);
        if (figure.atLeast === undefined || before === null || figure.value >= before * (1 - FALL)) continue;
        fallen++;
        console.log(`fell since docs/performance.md: ${name}, ${before} → ${valueOf(figure)}`);
      }
    }
    if (fallen === 0) console.log('no ratio fell by more than a quarter since docs/performance.md');
  }

  /** Writes the table into docs/performance.md, with the day and the machine. */
  async write(day: string): Promise<void> {
    const text = await fs.readFile(FILE, 'utf8');
    const [before = '', after = ''] = [text.split(BEGIN)[0], text.split(END)[1]];
    const written = `${before}${BEGIN}\n\n${machine(day)}\n\n${this.#table()}\n\n${END}${after}`;
    await fs.writeFile(FILE, await format(written, { ...(await resolveConfig(FILE)), filepath: FILE }));
    console.log(`written to ${path.relative(process.cwd(), FILE)}`);
  }

  #table(): string {
    const columns = [...new Set([...this.#figures.values()].flatMap((cells) => [...cells.keys()]))].filter(Boolean);
    const rows = [...this.#figures].map(([name, cells]) => {
      const own = cells.get('');
      const first = own ?? [...cells.values()][0];
      const values = own
        ? [valueOf(own), ...columns.slice(1).map(() => '')]
        : columns.map((column) => shown(cells.get(column)));
      return `| ${[name, first ? goalOf(first) : '', ...values].join(' | ')} |`;
    });
    const head = ['figure', 'goal', ...columns.map((column) => `${column} orders`)];
    return [`| ${head.join(' | ')} |`, `| ${head.map(() => '---').join(' | ')} |`, ...rows].join('\n');
  }
}

const shown = (figure: Figure | undefined) => (figure ? valueOf(figure) : '');

function valueOf({ value, unit }: Figure): string {
  const digits = Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const number = value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return unit ? `${number} ${unit}` : number;
}

function goalOf({ atLeast, atMost, unit }: Figure): string {
  if (atLeast !== undefined) return `≥ ${atLeast}`;
  return atMost === undefined ? '' : `≤ ${atMost}${unit ? ` ${unit}` : ''}`;
}

const missed = ({ value, atLeast, atMost }: Figure) =>
  (atLeast !== undefined && value < atLeast) || (atMost !== undefined && value > atMost);

/** What the table says of a figure; null when it says nothing. */
function valueInTable(table: string, name: string, column: string): number | null {
  const rows = table.split('\n').filter((line) => line.startsWith('| '));
  const cells = (row = '') => row.split('|').map((cell) => cell.trim());
  const head = cells(rows.find((row) => row.startsWith('| figure ')));
  const row = rows.map(cells).find(([, title]) => title === name);
  const cell = row?.[column === '' ? 3 : head.indexOf(`${column} orders`)];
  return cell ? Number.parseFloat(cell.replaceAll(',', '')) : null;
}

function machine(day: string): string {
  const cpus = os.cpus();
  const memory = Math.round(os.totalmem() / 1024 ** 3);
  return `Measured on ${day}: ${cpus.length} cores (${cpus[0]?.model ?? 'unknown'}), ${memory} GB, Node ${process.versions.node}.`;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
