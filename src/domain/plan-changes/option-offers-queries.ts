import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { Money } from '../money/money.ts';
import { listCurrencies } from '../rates/rate-queries.ts';
import { listPlanOptions, type PlanOption } from '../catalog/plan-list-queries.ts';
import { listOptionsInService, type OptionInService } from '../orders/order-option-queries.ts';
import { optionPrice } from '../orders/order-price.ts';
import { getPaidTime } from '../orders/paid-period-queries.ts';
import type { ChangingOrder } from './plan-change-offers-queries.ts';
import { proratePlanChange, type Proration } from './proration.ts';

/** An option that an order can have as well, with what it costs for the days that are paid already. */
export interface OptionOffer extends PlanOption {
  proration: Proration;
}

/** What of its category's options an order has, and which can be added. */
export interface OptionsOfOrder {
  inService: OptionInService[];
  offers: OptionOffer[];
}

/**
 * The options of an order, and those that can be added today. One that was dropped and comes back is charged only for
 * periods that begin after its last day.
 */
export async function listOptionsOfOrder(
  db: Db | Transaction,
  order: Pick<ChangingOrder, 'id' | 'category' | 'price' | 'anchorOn'>,
  clock: Clock,
): Promise<OptionsOfOrder> {
  const today = clock.today();
  const inService = await listOptionsInService(db, order.id, today);
  if (order.anchorOn === null) return { inService, offers: [] };
  const { currency } = order.price;
  const options = await listPlanOptions(db, { category: order.category, currency, clock });
  const { periods } = await getPaidTime(db, order.id, order.anchorOn);
  const minor = (await listCurrencies(db)).get(currency);
  const lastDay = periods
    .map(({ to }) => to)
    .toSorted()
    .at(-1);
  const offers = options.flatMap((option) => {
    const has = inService.find(({ code }) => code === option.code);
    const paidFor = has?.endsOn;
    // It is there for all the days that are paid: it is kept, not added.
    if (has && (!paidFor || paidFor === lastDay)) return [];
    const charged = periods
      .filter(({ to }) => !paidFor || to > paidFor)
      .map((period) => ({
        ...period,
        amount: Money.zero(currency),
        changes: [],
        newPrice: optionPrice(option, period.months),
      }));
    return [{ ...option, proration: proratePlanChange(charged, today, minor) }];
  });
  return { inService, offers };
}
