import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Locale } from '../../../src/platform/i18n/locale.ts';
import { parseAmount } from '../../../src/domain/money/parse-amount.ts';
import { currencyOf } from '../../support/currency.ts';

const script = async (name: string): Promise<unknown> =>
  import(/* @vite-ignore */ new URL(`../../../public/js/${name}.js`, import.meta.url).href);
/** Exact, as the scripts hold it. */
type Amount = { units: bigint; scale: number };
const { readAmount } = (await script('amount')) as {
  readAmount(typed: string, locale: Locale, digits: number): Amount | null;
};
const { text } = (await script('decimal')) as { text(amount: Amount): string };

const CURRENCIES = [currencyOf('JPY', 0), currencyOf('EUR', 2), currencyOf('KWD', 3)];
const LOCALES: Locale[] = ['en', 'ru'];

/** The amount that each makes of a text, or null where it is refused. */
function readBoth(typed: string, locale: Locale, currency: (typeof CURRENCIES)[number]) {
  const read = readAmount(typed, locale, currency.minorDigits);
  const atServer = parseAmount(typed, currency, locale).money ?? null;
  return {
    script: read && `${Number(text(read))}`,
    server: atServer && `${Number(atServer.toDatabase())}`,
  };
}

const EXAMPLES = [
  '',
  ' ',
  '5',
  ' 50 ',
  '12.50',
  '12,50',
  '12.5',
  '0.5',
  '.5',
  '5.',
  '1 234',
  '1 234,50',
  '1 234.50',
  '1,234',
  '1,234.50',
  '1,234,567',
  '1,234,56',
  '12 34',
  '1 23',
  '1  234',
  '1234 567',
  '1\u00a0234',
  '1\u202f234\u202f567,00',
  '1\u2009234',
  '1\t234',
  '\t5\n',
  '1_000',
  "1'234",
  '1.234.567',
  '1.2.3',
  '1,2,3',
  '0',
  '0.00',
  '000',
  '007',
  '-5',
  '−5',
  '- 5',
  '+5',
  '5 €',
  '€5',
  '1e3',
  '0x10',
  'NaN',
  '٥٠',
  '1.234',
  '1,234.5678',
  '9'.repeat(12),
  '9'.repeat(13),
  '0'.repeat(20) + '5',
  '1'.repeat(30),
];

describe('what the script and the server make of an amount (T1)', () => {
  it.each(EXAMPLES)('is the same for %j', (typed) => {
    for (const locale of LOCALES)
      for (const currency of CURRENCIES) {
        const { script, server } = readBoth(typed, locale, currency);
        expect(`${locale} ${currency.code} ${script}`).toBe(`${locale} ${currency.code} ${server}`);
      }
  });

  it('is the same for whatever is typed', () => {
    const typed = fc.string({
      unit: fc.constantFrom(...'0123456789  .,,-\u00a0\u202f\u2009\t+e'.split('')),
      maxLength: 16,
    });
    fc.assert(
      fc.property(typed, fc.constantFrom(...LOCALES), fc.constantFrom(...CURRENCIES), (sign, locale, currency) => {
        const { script, server } = readBoth(sign, locale, currency);
        expect(script).toBe(server);
      }),
      { numRuns: 5_000 },
    );
  });
});
