import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RateMissing, RatesTooOld } from '../../../src/domain/errors.ts';
import { Currencies, type Currency } from '../../../src/domain/money/currency.ts';
import { Money, sum } from '../../../src/domain/money/money.ts';
import {
  assertFreshEnough,
  convert,
  creditFor,
  creditRate,
  equivalents,
  payToBeCredited,
} from '../../../src/domain/rates/convert.ts';
import { RateTable } from '../../../src/domain/rates/rate-table.ts';

const CODES = { EUR: 2, USD: 2, RUB: 2, JPY: 0, KWD: 3 };
const currencies = (markup = '0') =>
  new Currencies(
    Object.entries(CODES).map(([code, minorDigits]): Currency => ({
      code,
      minorDigits,
      enabled: true,
      priced: true,
      rateSource: 'ecb',
      markup: new Decimal(markup),
    })),
  );
const table = (rates: Record<string, string>, { markup = '0', effectiveOn = '2026-03-10' } = {}) =>
  new RateTable(
    '2026-03-10',
    currencies(markup),
    Object.entries(rates).map(([currency, rate], id) => ({
      id,
      currency,
      rate: new Decimal(rate),
      effectiveOn,
      publishedOn: null,
      source: 'ecb',
    })),
  );
const RATES = { USD: '1.0705', RUB: '93.5626', JPY: '171.94', KWD: '0.3301' };

const code = fc.constantFrom(...Object.keys(CODES));
const rate = fc
  .tuple(fc.integer({ min: 1, max: 999_999 }), fc.integer({ min: 0, max: 5 }))
  .map(([digits, scale]) => new Decimal(digits).dividedBy(10 ** scale).toFixed());
const anyTable = fc.record({ USD: rate, RUB: rate, JPY: rate, KWD: rate }).map((rates) => table(rates));
const amount = (currency: string) =>
  fc
    .bigInt({ min: 1n, max: 10n ** 12n })
    .map((units) => Money.of(new Decimal(units.toString()).dividedBy(10 ** CODES[currency as 'EUR']), currency));
const conversion = code.chain((from) =>
  fc.record({ from: fc.constant(from), to: code, money: amount(from), table: anyTable }),
);

describe('converting money', () => {
  it('gives the equivalent of an amount, rounded half up once at the end, and names the rates (C6)', () => {
    const result = convert(table(RATES), Money.of('100', 'USD'), 'RUB');
    expect(result.money.toString()).toBe('8740.08 RUB');
    expect(result.rates.map((used) => used.currency)).toEqual(['USD', 'RUB']);
    expect(result.rateDate).toBe('2026-03-10');
  });

  it('credits 50 USD as 46.70 EUR, rounded down (C6)', () => {
    expect(creditFor(table(RATES), Money.of('50', 'USD'), 'EUR').toString()).toBe('46.7 EUR');
  });

  it('names the currency whose rate is missing, and never takes it as 1 (C3)', () => {
    const missing = table({ USD: '1.07' });
    expect(() => convert(missing, Money.of('1', 'EUR'), 'RUB')).toThrow(RateMissing);
    expect(() => convert(missing, Money.of('1', 'RUB'), 'EUR')).toThrow(/RUB/);
    expect(equivalents(missing, Money.of('1', 'EUR')).find((shown) => shown.currency === 'RUB')?.conversion).toBeNull();
  });

  it('refuses rates that are too old, but not within one currency (C5)', () => {
    const old = table(RATES, { effectiveOn: '2026-03-02' });
    expect(() => assertFreshEnough(old, 'USD', 'EUR', 7)).toThrow(RatesTooOld);
    expect(() => assertFreshEnough(old, 'USD', 'EUR', 8)).not.toThrow();
    expect(() => assertFreshEnough(old, 'USD', 'USD', 7)).not.toThrow();
  });

  it('never gains by a round trip (C6)', () => {
    fc.assert(
      fc.property(conversion, ({ to, money, table: rates }) => {
        const there = creditFor(rates, money, to);
        const back = creditFor(rates, there, money.currency);
        expect(money.isLessThan(back)).toBe(false);
      }),
    );
  });

  it('never gains by splitting (C6)', () => {
    fc.assert(
      fc.property(conversion, fc.nat(100), ({ to, money, table: rates }, percent) => {
        const digits = CODES[money.currency as 'EUR'];
        const part = Money.of(
          money.amount.times(percent).dividedBy(100).toDecimalPlaces(digits, Decimal.ROUND_DOWN),
          money.currency,
        );
        const parts = [part, money.minus(part)].map((piece) => creditFor(rates, piece, to));
        expect(creditFor(rates, money, to).isLessThan(sum(parts, to))).toBe(false);
      }),
    );
  });

  it('credits at least what was wanted for what it says must be paid, and no minor unit less would do', () => {
    fc.assert(
      fc.property(conversion, ({ to, money: wanted, table: rates }) => {
        const pay = payToBeCredited(rates, wanted, to);
        expect(creditFor(rates, pay, wanted.currency).isLessThan(wanted)).toBe(false);
        const less = pay.minus(Money.of(new Decimal(10).pow(-CODES[to as 'EUR']), to));
        if (to !== wanted.currency && less.isPositive)
          expect(creditFor(rates, less, wanted.currency).isLessThan(wanted)).toBe(true);
      }),
    );
  });

  it('takes the markup from the paid currency (C1)', () => {
    const marked = table(RATES, { markup: '0.02' });
    expect(creditFor(marked, Money.of('107.05', 'USD'), 'EUR').toString()).toBe('98.03 EUR');
    expect(creditRate(marked, 'EUR', 'EUR').toFixed()).toBe('1');
    expect(convert(marked, Money.of('107.05', 'USD'), 'EUR').money.toString()).toBe('100 EUR');
  });
});
