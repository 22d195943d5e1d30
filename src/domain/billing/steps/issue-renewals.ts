import { BUYER, BUYER_FINAL } from '../../invoices/buyer.ts';
import { listOrdersWithUnpaid } from '../../invoices/unpaid-queries.ts';
import { INVOICE_DAYS, MOST_INVOICE_DAYS } from '../../orders/billing-terms.ts';
import { IS_RENEWED } from '../../orders/order-option-queries.ts';
import { paidUntilAfter } from '../../orders/period.ts';
import { type BillingStep, findOrders, NOT_LEFT_OUT } from './step.ts';

const RENEWALS_TO_ISSUE = `o.status = 'active'
  and not o.ends_at_period
  and o.paid_until <= cast(:day as date) + ${MOST_INVOICE_DAYS}
  and o.paid_until <= cast(:day as date) + ${INVOICE_DAYS}
  and o.renewal_issued_for is distinct from o.paid_until
  and ${NOT_LEFT_OUT}`;

/**
 * Rule B1: the renewal of each order whose period is about to end, once per period, for the order's own period and
 * price, all of them in one statement. The orders are locked first and looked at again, then those with an open renewal
 * are left out: a renewal locks its order too.
 */
export const issueRenewals: BillingStep = {
  action: 'issued',
  batch: 500,
  parallel: 2,
  find: findOrders(RENEWALS_TO_ISSUE),
  async act(trx, { clock, seller, day }, ids) {
    const locked = await trx.raw<{ rows: { id: number }[] }>(
      `select o.id
       from orders o
       where o.id = any(:ids)
         and ${RENEWALS_TO_ISSUE}
       order by o.id
       for update`,
      { ids, day },
    );
    const due = locked.rows.map(({ id }) => id);
    const open = await listOrdersWithUnpaid(trx, 'renewal', due);
    const { rows } = await trx.raw<{ rows: { id: number; customer_id: number; order_id: number }[] }>(
      `with due as materialized (
         select o.*, p.name as plan, ${paidUntilAfter('o.paid_months')} + 1 as period_from,
           ${paidUntilAfter('o.paid_months + o.period_months')} as period_to,
           row_number() over (order by o.id) as place, count(*) over () as all_due
         from orders o
         join plans p on p.id = o.plan_id
         where o.id = any(:ids)
       ), options as materialized (
         select x.order_id, x.monthly * d.period_months as amount, n.names,
           row_number() over (partition by x.order_id order by n.position) as place
         from order_options x
         join due d on d.id = x.order_id
         join plan_options n on n.id = x.option_id
         where ${IS_RENEWED}
       ), series as (
         update invoice_series
         set last_sequence = last_sequence + (select count(*) from due)
         where code = 'INV'
         returning last_sequence
       ), issued as (
         insert into invoices (
           customer_id, kind, series, sequence, currency, total, issued_at, due_on, period_months,
           order_ids, buyer, buyer_final, seller
         )
         select d.customer_id, 'service', 'INV', s.last_sequence - d.all_due + d.place, d.currency, d.price, :now,
           d.paid_until, d.period_months, array[d.id], ${BUYER}, ${BUYER_FINAL}, cast(:seller as jsonb)
         from due d
         cross join series s
         join customers c on c.id = d.customer_id
         order by d.id
         returning id, customer_id, order_ids[1] as order_id
       ), lines as (
         insert into invoice_lines (
           invoice_id, customer_id, position, kind, order_id, months, period_from, period_to,
           amount, currency, details
         )
         select i.id, i.customer_id, 0, 'renewal', d.id, d.period_months, d.period_from, d.period_to,
           d.price - coalesce((select sum(amount) from options where order_id = d.id), 0), d.currency,
           jsonb_build_object('plan', d.plan, 'hostname', d.hostname, 'ip', host(d.ip))
         from issued i
         join due d on d.id = i.order_id
         union all
         select i.id, i.customer_id, x.place, 'option', d.id, d.period_months, d.period_from, d.period_to, x.amount,
           d.currency, jsonb_build_object('plan', d.plan, 'option', x.names)
         from issued i
         join due d on d.id = i.order_id
         join options x on x.order_id = d.id
       )
       select id, customer_id, order_id
       from issued`,
      { ids: due.filter((id) => !open.has(id)), now: clock.now(), seller: JSON.stringify(seller) },
    );
    await trx('orders')
      .whereRaw('id = any(?)', [due])
      .update({ renewal_issued_for: trx.ref('paid_until') });
    return rows.map((row) => ({
      action: 'issued',
      customerId: row.customer_id,
      orderId: row.order_id,
      invoiceId: row.id,
    }));
  },
};
