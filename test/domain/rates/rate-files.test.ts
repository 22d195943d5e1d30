import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RateFileRefused } from '../../../src/domain/errors.ts';
import { readRateFile } from '../../../src/domain/rates/rate-file.ts';

const sample = (name: string) => fs.readFileSync(path.join(import.meta.dirname, '../../../seeds/rates', name));
const ECB = sample('ecb-eurofxref-daily-2024-06-28.xml');
const CBR = sample('cbr-XML_daily-2025-12-13.xml');
const TODAY = '2026-03-10';

const changed = (bytes: Buffer, from: string | RegExp, to: string) =>
  Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1');
const rateOf = (bytes: Buffer, code: string) =>
  readRateFile(bytes, TODAY)
    .rates.find(({ currency }) => currency === code)
    ?.rate.toFixed();
const refusal = (bytes: Buffer, today = TODAY) => {
  try {
    readRateFile(bytes, today);
  } catch (error) {
    if (error instanceof RateFileRefused) return error.data;
    throw error;
  }
  return 'accepted';
};

describe('the daily file of the European Central Bank', () => {
  it('gives 30 currencies for one EUR', () => {
    const file = readRateFile(ECB, TODAY);
    expect({ source: file.source, date: file.date, count: file.rates.length }).toEqual({
      source: 'ecb',
      date: '2024-06-28',
      count: 30,
    });
    expect(rateOf(ECB, 'USD')).toBe('1.0705');
    expect(rateOf(ECB, 'IDR')).toBe('17487.21');
  });
});

describe('the daily file of the Bank of Russia', () => {
  it('gives EUR→RUB from the row of the EUR and EUR→X through Nominal (C2)', () => {
    const file = readRateFile(CBR, TODAY);
    expect({ source: file.source, date: file.date }).toEqual({ source: 'cbr', date: '2025-12-13' });
    expect(rateOf(CBR, 'RUB')).toBe('93.5626');
    // 93.5626 ÷ (15.3320 ÷ 100)
    expect(rateOf(CBR, 'KZT')).toMatch(/^610\.2439/);
    expect(file.rates.find(({ currency }) => currency === 'EUR')).toBeUndefined();
  });

  it('does without VunitRate, which older files lack', () => {
    expect(rateOf(changed(CBR, /<VunitRate>[^<]*<\/VunitRate>/g, ''), 'KZT')).toBe(rateOf(CBR, 'KZT'));
  });

  it('may be of tomorrow, but not of the day after (C3)', () => {
    expect(refusal(CBR, '2025-12-12')).toBe('accepted');
    expect(refusal(CBR, '2025-12-11')).toMatchObject({ reason: 'future_date' });
  });
});

describe('a bad file is refused whole, with the reason (C3)', () => {
  it.each([
    ['a zero rate', changed(ECB, "'1.0705'", "'0.0000'"), { reason: 'zero_rate', line: 9 }],
    ['a negative rate', changed(ECB, "'1.0705'", "'-1.0705'"), { reason: 'not_a_rate', line: 9 }],
    ['an exponent', changed(ECB, "'171.94'", "'1e2'"), { reason: 'not_a_rate', line: 10 }],
    ['a comma in the ECB’s file', changed(ECB, "'1.0705'", "'1,0705'"), { reason: 'not_a_rate' }],
    ['a point in the CBR’s file', changed(CBR, '53,1079', '53.1079'), { reason: 'not_a_rate' }],
    ['an empty rate', changed(ECB, "'1.0705'", "''"), { reason: 'not_a_rate' }],
    ['NaN', changed(ECB, "'1.0705'", "'NaN'"), { reason: 'not_a_rate' }],
    ['a nominal of zero', changed(CBR, '<Nominal>1</Nominal>', '<Nominal>0</Nominal>'), { reason: 'not_a_nominal' }],
    ['a currency twice', changed(ECB, "'JPY'", "'USD'"), { reason: 'twice' }],
    ['a code that is none', changed(ECB, "'JPY'", "'JP1'"), { reason: 'not_a_currency' }],
    ['a row for the base currency', changed(ECB, "'JPY'", "'EUR'"), { reason: 'base_quoted' }],
    ['no row of the EUR at the CBR', changed(CBR, '<CharCode>EUR<', '<CharCode>EUX<'), { reason: 'base_missing' }],
    ['two rows of the EUR', changed(CBR, '<CharCode>AUD<', '<CharCode>EUR<'), { reason: 'twice' }],
    ['a cross rate beyond all bounds', changed(CBR, '93,5626', '99999999999999'), { reason: 'not_a_rate' }],
    [
      'roubles for the EUR that come to nothing a unit',
      changed(
        Buffer.from(changed(CBR, '93,5626', '0,00000000000001')),
        /<Nominal>1<\/Nominal>(\s*<Name>[^<]*<\/Name>\s*<Value>0,00000000000001)/,
        '<Nominal>10000000</Nominal>$1',
      ),
      { reason: 'not_a_rate' },
    ],
    ['a day that does not exist', changed(ECB, '2024-06-28', '2024-06-31'), { reason: 'not_a_date' }],
    ['a CBR day that does not exist', changed(CBR, '13.12.2025', '31.02.2025'), { reason: 'not_a_date' }],
    ['a cut-off file', ECB.subarray(0, 900), { reason: 'not_xml' }],
    ['no rates', changed(ECB, /<Cube currency[^>]*>/g, ''), { reason: 'no_rates' }],
    ['another document', Buffer.from('<html></html>'), { reason: 'not_a_rate_file' }],
    ['nothing', Buffer.alloc(0), { reason: 'not_xml' }],
    [
      'a document type',
      Buffer.from('<!DOCTYPE a [<!ENTITY b "c">]><ValCurs Date="13.12.2025"></ValCurs>'),
      { reason: 'not_a_rate_file' },
    ],
    ['a megabyte', Buffer.concat([ECB, Buffer.alloc(1_000_001, ' ')]), { reason: 'too_large' }],
  ])('%s', (_name, bytes, expected) => {
    expect(refusal(bytes)).toMatchObject(expected);
  });

  it('any noise is refused or read, and never breaks the reader', () => {
    fc.assert(
      fc.property(fc.nat(ECB.length - 1), fc.uint8Array({ maxLength: 6 }), (at, noise) => {
        const bytes = Buffer.concat([ECB.subarray(0, at), noise, ECB.subarray(at + noise.length)]);
        const result = refusal(bytes);
        expect(result === 'accepted' || typeof result['reason'] === 'string').toBe(true);
      }),
    );
  });
});
