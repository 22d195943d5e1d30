import { Decimal } from 'decimal.js';

/** ISO 4217 alphabetic code. */
export type CurrencyCode = string;

/** Enough for numeric(20, 4) times any rate, so that a product is exact before its one rounding. */
export const Exact = Decimal.clone({
  precision: 60,
  rounding: Decimal.ROUND_HALF_UP,
  toExpNeg: -60,
  toExpPos: 60,
});
export type Exact = Decimal;

/** Amounts in the database are numeric(20, 4): sixteen digits before the point. */
const BOOKS_LIMIT = new Exact('1e16');

/**
 * An exact amount in one currency. Immutable. Two currencies do not add: `Money<'EUR'>` and `Money<'USD'>` are
 * different types, and where the currency is only known at run time, it is compared there.
 */
export class Money<C extends CurrencyCode = CurrencyCode> {
  readonly amount: Decimal;
  readonly currency: C;

  private constructor(amount: Decimal, currency: C) {
    this.amount = amount;
    this.currency = currency;
    Object.freeze(this);
  }

  /** @param amount a decimal string such as the database returns, or an exact Decimal; never a JavaScript number. */
  static of<C extends CurrencyCode>(amount: string | Decimal, currency: C): Money<C> {
    const exact = new Exact(amount);
    if (!exact.isFinite()) throw new TypeError(`Not an amount: ${String(amount)}`);
    return new Money(exact, currency);
  }

  static zero<C extends CurrencyCode>(currency: C): Money<C> {
    return new Money(new Exact(0), currency);
  }

  plus(other: Money<NoInfer<C>>): Money<C> {
    this.#assertSameCurrency(other);
    return new Money(this.amount.plus(other.amount), this.currency);
  }

  minus(other: Money<NoInfer<C>>): Money<C> {
    this.#assertSameCurrency(other);
    return new Money(this.amount.minus(other.amount), this.currency);
  }

  negated(): Money<C> {
    return new Money(this.amount.negated(), this.currency);
  }

  isLessThan(other: Money<NoInfer<C>>): boolean {
    this.#assertSameCurrency(other);
    return this.amount.lessThan(other.amount);
  }

  equals(other: Money): boolean {
    return this.currency === other.currency && this.amount.equals(other.amount);
  }

  /** Whether a column of the database can hold it. */
  get fitsBooks(): boolean {
    return this.amount.abs().lessThan(BOOKS_LIMIT);
  }

  get isZero(): boolean {
    return this.amount.isZero();
  }

  get isNegative(): boolean {
    return this.amount.isNegative() && !this.amount.isZero();
  }

  get isPositive(): boolean {
    return this.amount.isPositive() && !this.amount.isZero();
  }

  /** For the database: the plain decimal, never an exponent. */
  toDatabase(): string {
    return this.amount.toFixed();
  }

  toJSON(): { amount: string; currency: C } {
    return { amount: this.amount.toFixed(), currency: this.currency };
  }

  toString(): string {
    return `${this.amount.toFixed()} ${this.currency}`;
  }

  #assertSameCurrency(other: Money) {
    if (other.currency !== this.currency)
      throw new TypeError(`Two currencies do not add: ${this.currency} and ${other.currency}`);
  }
}

/** The sum of amounts in one currency; zero when there are none. */
export function sum<C extends CurrencyCode>(amounts: Money<C>[], currency: C): Money<C> {
  return amounts.reduce((total, amount) => total.plus(amount), Money.zero(currency));
}

/** The same text for equal amounts of a currency. */
export const keyOfMoney = ({ amount, currency }: Money): string => currency + amount.toFixed();
