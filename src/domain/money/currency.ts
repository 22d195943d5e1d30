import type { Decimal } from 'decimal.js';
import { UnknownCurrency } from '../errors.ts';
import type { CurrencyCode } from './money.ts';

export interface Currency {
  code: CurrencyCode;
  /** Decimals of the minor unit, ISO 4217. */
  minorDigits: number;
  enabled: boolean;
  /** Plans are priced in it, and accounts can be kept in it. */
  priced: boolean;
  /** Which published file its rate is taken from. */
  rateSource: RateSource;
  /** Added to the rate when money is paid in this currency; 0.02 is 2 %. */
  markup: Decimal;
}

export type RateSource = 'ecb' | 'cbr' | 'manual';

/** Every stored rate is units of a currency for one of these. */
export const BASE_CURRENCY = 'EUR';

/** The rows of the table `currencies`, in their order. */
export class Currencies {
  readonly #byCode: Map<CurrencyCode, Currency>;

  constructor(rows: Currency[]) {
    this.#byCode = new Map(rows.map((row) => [row.code, row]));
  }

  /** @throws {UnknownCurrency} */
  get(code: CurrencyCode): Currency {
    const currency = this.#byCode.get(code);
    if (!currency) throw new UnknownCurrency({ currency: code });
    return currency;
  }

  has(code: CurrencyCode): boolean {
    return this.#byCode.has(code);
  }

  get all(): Currency[] {
    return [...this.#byCode.values()];
  }

  /** In which plans are priced. */
  get priced(): Currency[] {
    return this.enabled.filter((currency) => currency.priced);
  }

  get enabled(): Currency[] {
    return this.all.filter((currency) => currency.enabled);
  }
}
