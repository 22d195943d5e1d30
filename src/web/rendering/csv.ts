import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import pLimit from 'p-limit';
import { Money } from '../../domain/money/money.ts';
import type { RequestContext } from '../request-context.ts';

type CsvCell = string | number | Money | null;

/**
 * A spreadsheet takes a cell that begins so for a formula (security 32); some pass over spaces and whatever else
 * cannot be seen before the sign.
 */
const FORMULA = /^(?:[\t\r]|[\p{White_Space}\p{Cc}\p{Cf}\p{DI}]*[=+\-@＝＋－＠])/u;

function cellText(cell: CsvCell): string {
  if (cell === null) return '';
  if (cell instanceof Money) return cell.amount.toFixed();
  if (typeof cell === 'number') return String(cell);
  return FORMULA.test(cell) ? `'${cell}` : cell;
}

/**
 * Each download holds a connection of the database for as long as its client takes to read it: of ten, pages keep the
 * most, and none is held for ever.
 */
const downloads = pLimit(3);
const MOST_MINUTES = 10;
const MOST_IDLE_SECONDS = 60;

export interface CsvFile<Item> {
  name: string;
  head: string[];
  items: AsyncGenerator<Item, void>;
  toCells: (item: Item) => CsvCell[];
}

/**
 * Sends a CSV file as its rows come, no faster than the client reads it; amounts and numbers as they are, texts
 * neutralised. Whatever happens midway breaks the answer off, so that nobody takes a part for the whole; what happens
 * before the first row is thrown.
 */
export async function sendCsv<Item>({ req, res }: Pick<RequestContext, 'req' | 'res'>, file: CsvFile<Item>) {
  await downloads(async () => {
    if (res.destroyed) return;
    try {
      const first = await file.items.next();
      // The page that says that the database is away went out meanwhile.
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

async function* linesOf<Item>({ head, items, toCells }: CsvFile<Item>, first: IteratorResult<Item, void>) {
  yield head;
  for (let next = first; !next.done; next = await items.next()) yield toCells(next.value).map(cellText);
}
