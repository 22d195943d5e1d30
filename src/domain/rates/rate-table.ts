import { Decimal } from 'decimal.js';
import { type Day, daysBetween } from '../../platform/clock.ts';
import { RateMissing } from '../errors.ts';
import { BASE_CURRENCY, type Currencies, type RateSource } from '../money/currency.ts';
import { type CurrencyCode, Exact } from '../money/money.ts';

export interface StoredRate {
  id: number;
  currency: CurrencyCode;
  /** Units of the currency for one unit of the base currency. */
  rate: Decimal;
  effectiveOn: Day;
  source: RateSource | 'demo';
  /** Of the demo's rates: the day on which a bank really published them. */
  publishedOn: Day | null;
}

/** The rates in force on a day: one for each currency, and one for the base currency that needs none. Immutable. */
export class RateTable {
  readonly today: Day;
  readonly currencies: Currencies;
  readonly #rates: Map<CurrencyCode, StoredRate>;

  constructor(today: Day, currencies: Currencies, rates: StoredRate[]) {
    this.today = today;
    this.currencies = currencies;
    this.#rates = new Map(rates.map((rate) => [rate.currency, rate]));
  }

  /** Undefined for the base currency, whose rate is one by definition. @throws {RateMissing} (rule C3) */
  storedRate(code: CurrencyCode): StoredRate | undefined {
    if (code === BASE_CURRENCY) return undefined;
    const stored = this.#rates.get(code);
    if (!stored) throw new RateMissing({ currency: code });
    return stored;
  }

  has(code: CurrencyCode): boolean {
    return code === BASE_CURRENCY || this.#rates.has(code);
  }

  /** @throws {RateMissing} */
  rateOf(code: CurrencyCode): Decimal {
    return this.storedRate(code)?.rate ?? new Exact(1);
  }

  /** The older date of the rates that a conversion between the two uses; null when it uses none. */
  dateOf(from: CurrencyCode, to: CurrencyCode): Day | null {
    const dates = this.used(from, to).map((rate) => rate.effectiveOn);
    return dates.sort()[0] ?? null;
  }

  /** The stored rates that a conversion between the two uses. @throws {RateMissing} */
  used(from: CurrencyCode, to: CurrencyCode): StoredRate[] {
    if (from === to) return [];
    return [this.storedRate(from), this.storedRate(to)].filter((rate) => rate !== undefined);
  }

  /** How old the rates of a conversion are, in days; 0 when it uses none. */
  ageInDays(from: CurrencyCode, to: CurrencyCode): number {
    const date = this.dateOf(from, to);
    return date === null ? 0 : daysBetween(date, this.today);
  }
}
