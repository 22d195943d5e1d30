import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import pLimit from 'p-limit';
import type { Locale } from '../../platform/i18n/locale.ts';
import { itself, memoized } from '../../platform/memoized.ts';
import { Money } from '../../domain/money/money.ts';
import type { RequestContext } from '../request-context.ts';

type CsvCell = string | number | Money | null;

/**
 * Spreadsheets treat a cell that starts like this as a formula (security 32); some skip spaces and other invisible
 * characters before the sign.
 */
const FORMULA = /^(?:[\t\r]|[\p{White_Space}\p{Cc}\p{Cf}\p{DI}]*[=+\-@＝＋－＠])/u;

/** A moment as spreadsheets read it, `YYYY-MM-DD HH:MM:SS`, in the site's time zone. */
export function csvTime(timeZone: string): (moment: Date) => string {
  // Swedish writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone });
  return (moment) => format.format(moment);
}

/** How a spreadsheet of a language reads figures: with which sign before the decimals, and so what between cells. */
const STYLES: Record<Locale, { decimal: string; delimiter: string }> = {
  en: { decimal: '.', delimiter: ',' },
  ru: { decimal: ',', delimiter: ';' },
};

function cellText(cell: CsvCell, decimal: string): string {
  if (cell === null) return '';
  if (cell instanceof Money) return withMinorUnits(cell).replace('.', decimal);
  if (typeof cell === 'number') return String(cell);
  return FORMULA.test(cell) ? `'${cell}` : cell;
}

/** With as many decimals as its currency has (ISO 4217), as the language runtime knows them. */
const withMinorUnits = ({ amount, currency }: Money): string =>
  amount.toFixed(Math.max(minorDigits(currency), amount.decimalPlaces()));

const minorDigits = memoized(
  100,
  (currency: string) =>
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 0,
  itself,
);

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
 * Sends a CSV file as its rows come, no faster than the client reads it, as a spreadsheet of the reader's language
 * opens it; texts are neutralised. An error midway aborts the response, so that a partial file is never mistaken for a
 * complete one; an error before the first row is thrown.
 */
export async function sendCsv<Item, Column extends string>(
  { req, res, locale }: Pick<RequestContext, 'req' | 'res' | 'locale'>,
  file: CsvFile<Item, Column>,
) {
  const style = STYLES[locale];
  await downloads(async () => {
    if (res.destroyed) return;
    try {
      const first = await file.items.next();
      // The page that says that the database is unavailable was sent meanwhile.
      if (res.headersSent) return;
      res.setTimeout(MOST_IDLE_SECONDS * 1000, () => res.destroy());
      res.attachment(`${file.name}.csv`).type('text/csv; charset=utf-8');
      // Excel takes a file for UTF-8 only with its mark.
      await pipeline(linesOf(file, first, style.decimal), stringify({ bom: true, delimiter: style.delimiter }), res, {
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
  decimal: string,
) {
  const cells = Object.values<(item: Item) => CsvCell>(columns);
  yield (Object.keys(columns) as Column[]).map(label);
  for (let next = first; !next.done; next = await items.next()) {
    const item = next.value;
    yield cells.map((cell) => cellText(cell(item), decimal));
  }
}
