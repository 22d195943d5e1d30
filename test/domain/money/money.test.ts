import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { formatMoney } from '../../../src/domain/money/format-money.ts';
import { Money, sum } from '../../../src/domain/money/money.ts';
import { parseAmount } from '../../../src/domain/money/parse-amount.ts';
import { roundDown, roundHalfUp, roundRunning, roundUp } from '../../../src/domain/money/rounding.ts';
import { currencyOf } from '../../support/currency.ts';

const EUR = currencyOf('EUR', 2);
const JPY = currencyOf('JPY', 0);
const KWD = currencyOf('KWD', 3);

describe('an amount of money', () => {
  it('adds exactly where floating point does not', () => {
    expect(Money.of('0.1', 'EUR').plus(Money.of('0.2', 'EUR')).toDatabase()).toBe('0.3');
  });

  it('does not add two currencies at run time', () => {
    const dollars: Money = Money.of('1', 'USD');
    expect(() => (Money.of('1', 'EUR') as Money).plus(dollars)).toThrow(TypeError);
    expect(() => sum([dollars], 'EUR')).toThrow(TypeError);
  });

  it('does not add two currencies by type', () => {
    expectTypeOf(Money.of('1', 'EUR').plus).parameter(0).not.toExtend<Money<'USD'>>();
  });

  it('is never changed', () => {
    const money = Money.of('5', 'EUR');
    money.plus(Money.of('1', 'EUR'));
    expect(money.toDatabase()).toBe('5');
    expect(Object.isFrozen(money)).toBe(true);
  });

  it('refuses what is not a finite number', () => {
    for (const odd of ['NaN', 'Infinity']) expect(() => Money.of(odd, 'EUR')).toThrow(TypeError);
  });
});

describe('rounding', () => {
  it('shows equivalents half up and credits rounded down (C6)', () => {
    expect(roundHalfUp(new Decimal('1.005'), EUR).toDatabase()).toBe('1.01');
    expect(roundDown(new Decimal('1.009'), EUR).toDatabase()).toBe('1');
    expect(roundUp(new Decimal('1.001'), EUR).toDatabase()).toBe('1.01');
    expect(roundHalfUp(new Decimal('0.5'), JPY).toDatabase()).toBe('1');
  });
});

describe('rounding the parts of a sum', () => {
  it('makes parts that sum to the rounded whole, for any amounts and currency', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), { minLength: 1, maxLength: 12 }),
        fc.constantFrom(EUR, JPY, KWD),
        (units, unit) => {
          const amounts = units.map((part) => new Decimal(part.toString()).dividedBy(10 ** 7));
          const parts = roundRunning(amounts, unit);
          const whole = roundDown(Decimal.sum(...amounts), unit);
          expect(sum(parts, unit.code).equals(whole)).toBe(true);
          for (const part of parts) expect(part.amount.decimalPlaces()).toBeLessThanOrEqual(unit.minorDigits);
        },
      ),
    );
  });
});

describe('an amount that somebody typed', () => {
  const read = (text: string, unit = EUR, locale: 'en' | 'ru' = 'en') => {
    const parsed = parseAmount(text, unit, locale);
    return parsed.problem ?? parsed.money.toDatabase();
  };

  it.each([
    ['12.50', 'en', '12.5'],
    ['12,50', 'en', '12.5'],
    ['1,234.50', 'en', '1234.5'],
    ['1,234', 'en', '1234'],
    [' 50 ', 'en', '50'],
    ['12,50', 'ru', '12.5'],
    ['12.50', 'ru', '12.5'],
    ['1 234,50', 'ru', '1234.5'],
    ['1\u00a0234\u202f567,00', 'ru', '1234567'],
  ] as const)('reads %j in %s as %s', (text, locale, expected) => {
    expect(read(text, EUR, locale)).toBe(expected);
  });

  it.each([
    ['', 'blank'],
    ['   ', 'blank'],
    ['-5', 'negative'],
    ['−5', 'negative'],
    ['0', 'zero'],
    ['0.00', 'zero'],
    ['1e3', 'not_a_number'],
    ['1e309', 'too_large|not_a_number'],
    ['NaN', 'not_a_number'],
    ['0x10', 'not_a_number'],
    ['Infinity', 'not_a_number'],
    ['٥٠', 'not_a_number'],
    ['1.2.3', 'not_a_number'],
    ['1,2,3', 'not_a_number'],
    ['12.345', 'too_many_decimals'],
    ['1'.repeat(30), 'too_large'],
    ['+5', 'not_a_number'],
    ['5 €', 'not_a_number'],
    ['1 23', 'not_a_number'],
  ])('refuses %j as %s (security 38)', (text, problems) => {
    expect(problems.split('|')).toContain(read(text));
  });

  it('takes no more decimals than the currency has (T3)', () => {
    expect(read('100.5', JPY)).toBe('too_many_decimals');
    expect(read('1.234', KWD)).toBe('1.234');
  });

  it('reads back whatever it would show', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 13n }), fc.constantFrom('en', 'ru'), (units, locale) => {
        const money = Money.of(new Decimal(units.toString()).dividedBy(100), 'EUR');
        const shown = formatMoney(money, EUR, locale).replace('€', '').trim();
        expect(parseAmount(shown, EUR, locale as 'en').money?.equals(money)).toBe(true);
      }),
    );
  });
});

describe('an amount that is shown', () => {
  it('follows the language, with a true minus, from the decimal text', () => {
    expect(formatMoney(Money.of('-1234.5', 'EUR'), EUR, 'en')).toBe('−€1,234.50');
    expect(formatMoney(Money.of('1234.5', 'EUR'), EUR, 'ru')).toBe('1\u00a0234,50\u00a0€');
    expect(formatMoney(Money.of('9007199254740993.11', 'EUR'), EUR, 'en')).toBe('€9,007,199,254,740,993.11');
    expect(formatMoney(Money.of('8029', 'JPY'), JPY, 'en')).toBe('¥8,029');
  });
});
