import type { Money } from '../../domain/money/money.ts';
import type { RateTable } from '../../domain/rates/rate-table.ts';
import type { Seller } from '../../domain/invoices/invoice.ts';
import { topUpFor } from '../../domain/payments/top-up-limits.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { topUpHref } from '../balance/top-up-href.ts';

/** The way to top up what the balance lacks for some invoices (rule I6). */
export interface TopUpOffer {
  amount: Money;
  /** How many top-ups it takes. */
  times: number;
  /** Whether the invoices are paid with it at once. */
  pays: boolean;
  href: string;
  /** Whom to write to where no gateway is set up; null where there is one. */
  seller: Seller | null;
}

export function topUpOffer(
  { config, gateways }: CustomerRequest,
  table: RateTable,
  shortfall: Money,
  invoiceIds: number[],
): TopUpOffer {
  const { amount, times } = topUpFor(table, shortfall, config);
  const pays = times === 1 ? invoiceIds : [];
  return {
    amount,
    times,
    pays: pays.length > 0,
    href: topUpHref({ amount: amount.amount.toFixed(), currency: amount.currency, pays }),
    seller: gateways.size === 0 ? config.seller : null,
  };
}
