import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { addDays, type Day, isDay } from '../../platform/clock.ts';
import { RateFileRefused } from '../errors.ts';
import { readCbr } from './cbr.ts';
import { readEcb } from './ecb.ts';
import { assertEachOnce, type RateFile, refuse } from './rate-file-checks.ts';

/** The banks' files are 2 to 12 kB. */
export const MAX_RATE_FILE_BYTES = 1_000_000;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  isArray: (name) => name === 'Valute' || name === 'Cube',
});

/**
 * Reads a daily file of the ECB or of the Bank of Russia, by its root element, and checks all of it.
 * @param today a file dated after tomorrow is refused (the CBR publishes tomorrow's today).
 * @throws {RateFileRefused} with the reason and the line; nothing of a refused file is used (rule C3)
 */
export function readRateFile(bytes: Buffer, today: Day): RateFile {
  if (bytes.length > MAX_RATE_FILE_BYTES) throw new RateFileRefused({ reason: 'too_large', line: 1, detail: '' });
  const text = decode(bytes);
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new RateFileRefused({ reason: 'not_xml', line: valid.err.line, detail: valid.err.msg });
  if (/<!DOCTYPE/i.test(text)) refuse('not_a_rate_file', text, '<!DOCTYPE');
  const file = readSource(parse(text), text);
  assertDate(file.date, today, text);
  if (file.rates.length === 0) refuse('no_rates', text, '');
  assertEachOnce(file.rates, text);
  return file;
}

/** The parser finds errors that the validator does not. */
function parse(text: string): Record<string, unknown> {
  try {
    return parser.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new RateFileRefused({ reason: 'not_xml', line: 1, detail: (error as Error).message });
  }
}

function readSource(document: Record<string, unknown>, text: string): RateFile {
  if ('gesmes:Envelope' in document) return readEcb(document['gesmes:Envelope'], text);
  if ('ValCurs' in document) return readCbr(document['ValCurs'], text);
  return refuse('not_a_rate_file', text, '<');
}

/** The encoding is the one the XML declaration names; the CBR's is windows-1251. */
function decode(bytes: Buffer): string {
  const declared = /^[^>]*encoding=["']([\w-]+)["']/.exec(bytes.subarray(0, 200).toString('latin1'))?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(declared, { fatal: true }).decode(bytes);
  } catch {
    throw new RateFileRefused({ reason: 'encoding', line: 1, detail: declared });
  }
}

function assertDate(date: Day, today: Day, text: string) {
  if (!isDay(date)) refuse('not_a_date', text, date);
  if (date > addDays(today, 1)) throw new RateFileRefused({ reason: 'future_date', line: 1, detail: date });
}
