import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import pLimit from 'p-limit';
import { Money } from '../../domain/money/money.ts';
import type { RequestContext } from '../request-context.ts';

type CsvCell = string | number | Money | null;

/**
 * Spreadsheets treat a cell that starts like this as a formula (security 32); some skip spaces and other invisible
 * characters before the sign.
 */
const FORMULA = /^(?:[\t\r]|[\p{White_Space}\p{Cc}\p{Cf}\p{DI}]*[=+\-@＝＋－＠])/u;

function cellText(cell: CsvCell): string {
  if (cell === null) return '';
  if (cell instanceof Money) return cell.amount.toFixed();
  if (typeof cell === 'number') return String(cell);
  return FORMULA.test(cell) ? `'${cell}` : cell;
}

/**
 * Each download holds a database connection for as long as its client takes to read it: only three of ten, so that
 * pages always have some left, and none for ever.
 */
const downloads = pLimit(3);
const MOST_MINUTES = 10;
const MOST_IDLE_SECONDS = 60;

export interface CsvFile<Item, Column extends string> {
  name: string;
  items: AsyncGenerator<Item, void>;
  /** What stands above a column. */
  label: (column: Column) => string;
  /** The cell of each column, in their order. */
  columns: Record<Column, (item: Item) => CsvCell>;
}

/**
 * Sends a CSV file as its rows come, no faster than the client reads it; amounts and numbers as they are, texts
 * neutralised. An error midway aborts the response, so that a partial file is never mistaken for a complete one; an
 * error before the first row is thrown.
 */
export async function sendCsv<Item, Column extends string>(
  { req, res }: Pick<RequestContext, 'req' | 'res'>,
  file: CsvFile<Item, Column>,
) {
  await downloads(async () => {
    if (res.destroyed) return;
    try {
      const first = await file.items.next();
      // The page that says that the database is unavailable was sent meanwhile.
      if (res.headersSent) return;
      res.setTimeout(MOST_IDLE_SECONDS * 1000, () => res.destroy());
      res.attachment(`${file.name}.csv`).type('text/csv; charset=utf-8');
      // Excel takes a file for UTF-8 only with its mark.
      await pipeline(linesOf(file, first), stringify({ bom: true }), res, {
        signal: AbortSignal.timeout(MOST_MINUTES * 60_000),
      });
    } catch (error) {
      if (!res.headersSent) throw error;
      if ((error as { code?: string }).code === 'ERR_STREAM_PREMATURE_CLOSE')
        req.log.info({ file: file.name }, 'the client left a download');
      else req.log.error({ err: error, file: file.name }, 'a download was broken off');
    } finally {
      await file.items.return();
    }
  });
}

async function* linesOf<Item, Column extends string>(
  { items, label, columns }: CsvFile<Item, Column>,
  first: IteratorResult<Item, void>,
) {
  const cells = Object.values<(item: Item) => CsvCell>(columns);
  yield (Object.keys(columns) as Column[]).map(label);
  for (let next = first; !next.done; next = await items.next()) {
    const item = next.value;
    yield cells.map((cell) => cellText(cell(item)));
  }
}
