import type { Day } from '../../platform/clock.ts';
import type { Money } from '../../domain/money/money.ts';
import { equivalents } from '../../domain/rates/convert.ts';
import type { RateTable } from '../../domain/rates/rate-table.ts';
import type { CustomerViewer } from '../../domain/identity/user-queries.ts';
import type { OfferedPlan } from '../../domain/catalog/plan-list-queries.ts';
import { perMonth, type PlanPrice } from '../../domain/catalog/plan-price.ts';
import { optionPrice, totalOf } from '../../domain/orders/order-price.ts';
import { paidUntil } from '../../domain/orders/period.ts';
import type { PriceEquivalent } from '../../web/rendering/form-helpers.ts';

/** A period with what it costs. */
export interface OrderFormPeriod extends PlanPrice {
  monthly: Money;
  total: Money;
  withoutExtras: Money;
  extras: { code: string; name: string; amount: Money; chosen: boolean }[];
  equivalents: PriceEquivalent[];
  chosen: boolean;
  /** The customer's balance before and after; null for a visitor. */
  balance: { before: Money; after: Money } | null;
  /** When it is paid today; null where staff set it up on a day of theirs. */
  until: Day | null;
}

interface PeriodContext {
  plan: OfferedPlan;
  /** Null of a visitor. */
  customer: CustomerViewer | null;
  /** Codes of the chosen options. */
  options: string[];
  table: RateTable;
  /** In which the plan is priced. */
  currency: string;
  locale: string;
  today: Day;
  /** Whether a paid order is in service at once. */
  isReadyAtOnce: boolean;
}

/** A period of the plan as the order form shows it. */
export function orderFormPeriod(price: PlanPrice, chosen: boolean, shown: PeriodContext): OrderFormPeriod {
  const { plan, customer, options, table, currency, locale, today, isReadyAtOnce } = shown;
  const extras = plan.options.filter(({ code }) => options.includes(code));
  const total = totalOf(plan, price, extras);
  return {
    ...price,
    monthly: perMonth(price, table.currencies.get(currency)),
    total,
    withoutExtras: totalOf(plan, price, []),
    extras: plan.options.map((option) => ({
      code: option.code,
      name: option.names[locale] ?? option.code,
      amount: optionPrice(option, price.months),
      chosen: extras.includes(option),
    })),
    equivalents: equivalentsWithRates(table, total),
    chosen,
    balance: customer && balanceAfter(customer, total),
    until: isReadyAtOnce ? paidUntil(today, price.months) : null,
  };
}

const balanceAfter = ({ balance }: CustomerViewer, total: Money) => ({
  before: balance,
  after: balance.minus(total),
});

/** With what a script needs to recalculate them while one chooses: units for one of the base currency. */
const equivalentsWithRates = (table: RateTable, price: Money): PriceEquivalent[] =>
  equivalents(table, price).flatMap(({ currency, conversion }) =>
    conversion?.rateDate
      ? [
          {
            currency,
            money: conversion.money,
            rateDate: conversion.rateDate,
            attributes: {
              'data-rate': table.rateOf(currency).toFixed(),
              'data-own-rate': table.rateOf(price.currency).toFixed(),
              'data-digits': table.currencies.get(currency).minorDigits,
            },
          },
        ]
      : [],
  );
