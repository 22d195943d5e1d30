import type { Day } from '../clock.ts';
import { missingFields } from '../customers/profile.ts';
import { toProfile, type ProfileRow } from '../customers/customer-queries.ts';
import type { Transaction } from '../db/database.ts';
import { houseAccount } from '../ledger/accounts.ts';
import { enqueueMails, type NewMail } from '../mail/enqueue-mail.ts';
import { Money } from '../money/money.ts';
import { nextPeriod } from '../orders/period.ts';
import type { BillingItem, BillingStep, StepContext } from './run.ts';

/** Renewals are paid by themselves from so many days before the paid-until date on (rules B1, B2). */
const PAID_DAYS_BEFORE = 5;

/** Invoices of nothing but one order's renewal, where the order, or its account, renews itself. */
const DUE = `i.status = 'unpaid' and i.kind = 'service' and i.due_on <= cast(:day as date) + ${PAID_DAYS_BEFORE} and cardinality(i.order_ids) = 1
  and not exists (select from invoice_lines l where l.invoice_id = i.id and l.kind not in ('renewal', 'option'))
  and coalesce(o.auto_renewal, c.auto_renewal) and not o.ends_at_period
  and (o.status = 'active' or (o.status = 'suspended' and o.suspended_for = 'non_payment'))`;

interface RenewalRow {
  invoice_id: number;
  number: string;
  due_on: Day;
  customer_id: number;
  order_id: number;
  months: number;
  period_from: Day;
  total: string;
  currency: string;
  plan: string;
  hostname: string;
  anchor_on: Day;
  paid_months: number;
  paid_until: Day;
  suspended: boolean;
}

interface Account {
  id: number;
  balance: Money;
  mayPay: boolean;
}

/**
 * Rule B2: renewals of orders with auto-renewal are paid from the balance where it covers them whole, those due first at the
 * top; otherwise the customer is told, once for a period. It is what paying one invoice does (rule I5), with the same locks
 * and the same rows, for many customers in a few statements.
 */
export const payRenewals: BillingStep = {
  name: 'paid',
  batch: 500,
  parallel: 2,
  async find(db, day) {
    const { rows } = await db.raw<{ rows: { id: number; customer_id: number }[] }>(
      `select i.id, i.customer_id from invoices i join orders o on o.id = i.order_ids[1] join customers c on c.id = o.customer_id
       where ${DUE} order by i.customer_id, i.due_on, i.id`,
      { day },
    );
    return rows.map(({ id, customer_id }) => ({ id, customerId: customer_id }));
  },
  async act(trx, context, ids) {
    const { renewals, accounts } = await lock(trx, context.day, ids);
    const affordable: (RenewalRow & { after: Money })[] = [];
    const refused: { renewal: RenewalRow; balance: Money }[] = [];
    for (const renewal of renewals) {
      const account = accounts.get(renewal.customer_id) as Account;
      const total = Money.of(renewal.total, renewal.currency);
      if (account.mayPay && !account.balance.isLessThan(total)) {
        account.balance = account.balance.minus(total);
        affordable.push({ ...renewal, after: account.balance });
      } else refused.push({ renewal, balance: account.balance });
    }
    if (affordable.length > 0) {
      await book(trx, context, affordable, accounts);
      await settle(trx, context, affordable);
      await extend(trx, context, affordable);
    }
    const told = await tellOfFailure(trx, context, refused);
    return [...affordable.map(item('paid')), ...told.map(item('renewal_failed'))];
  },
};

const item =
  (action: BillingItem['action']) =>
  (renewal: RenewalRow): BillingItem => ({
    action,
    customerId: renewal.customer_id,
    orderId: renewal.order_id,
    invoiceId: renewal.invoice_id,
  });

/** Invoices, customers, ledger accounts, orders: in the order in which everybody locks; then everything is looked at again. */
async function lock(trx: Transaction, day: Day, ids: number[]) {
  const invoices = await trx('invoices')
    .whereIn('id', ids)
    .where({ status: 'unpaid' })
    .orderBy('id')
    .forUpdate()
    .select<{ id: number; customer_id: number; order_ids: number[] }[]>('id', 'customer_id', 'order_ids');
  const customerIds = [...new Set(invoices.map(({ customer_id }) => customer_id))];
  const profiles = await trx('customers')
    .whereIn('id', customerIds)
    .orderBy('id')
    .forShare()
    .select<({ id: number } & ProfileRow)[]>();
  const locked = await trx('ledger_accounts')
    .where({ kind: 'customer_balance' })
    .whereIn('customer_id', customerIds)
    .orderBy('id')
    .forUpdate()
    .select<{ id: number; customer_id: number; balance: string; currency: string }[]>(
      'id', 'customer_id', 'balance', 'currency',
    ); // prettier-ignore
  await trx('orders').whereIn('id', invoices.flatMap(({ order_ids }) => order_ids.map(Number))).orderBy('id').forUpdate().select('id'); // prettier-ignore
  const { rows } = await trx.raw<{ rows: RenewalRow[] }>(
    `select i.id as invoice_id, i.number, i.due_on, i.customer_id, o.id as order_id, l.months, l.period_from, i.total, i.currency,
       p.name as plan, o.hostname, o.anchor_on, o.paid_months, o.paid_until, o.status = 'suspended' as suspended
     from invoices i join orders o on o.id = i.order_ids[1] join customers c on c.id = o.customer_id join plans p on p.id = o.plan_id
     join invoice_lines l on l.invoice_id = i.id and l.kind = 'renewal'
     where i.id = any(:ids) and ${DUE} and l.period_from = o.paid_until + 1
     order by i.customer_id, i.due_on, i.id`,
    { ids: invoices.map(({ id }) => id), day },
  );
  const complete = new Set(
    profiles.filter((row) => missingFields(toProfile(row)).length === 0).map(({ id }) => id),
  );
  const accounts = new Map<number, Account>(
    locked.map((row) => [
      row.customer_id,
      { id: row.id, balance: Money.of(row.balance, row.currency), mayPay: complete.has(row.customer_id) },
    ]),
  );
  return { renewals: rows, accounts };
}

type Paid = RenewalRow & { after: Money };

async function book(trx: Transaction, { clock }: StepContext, paid: Paid[], accounts: Map<number, Account>) {
  const transactions = await trx('ledger_transactions')
    .insert(
      paid.map((renewal) => ({
        kind: 'invoice_payment',
        cause_type: 'invoice',
        cause_id: renewal.invoice_id,
        customer_id: renewal.customer_id,
        occurred_at: clock.now(),
      })),
    )
    .returning<{ id: number; cause_id: number }[]>(['id', 'cause_id']);
  const transactionOf = new Map(transactions.map(({ id, cause_id }) => [cause_id, id]));
  const revenue = new Map<string, number>();
  for (const { currency } of paid)
    if (!revenue.has(currency)) revenue.set(currency, await houseAccount(trx, { kind: 'revenue', currency }));
  const entries = paid.flatMap(({ invoice_id, customer_id, total, currency }) => {
    const transaction_id = transactionOf.get(invoice_id);
    return [
      { transaction_id, account_id: accounts.get(customer_id)?.id, amount: `-${total}`, currency },
      { transaction_id, account_id: revenue.get(currency), amount: total, currency },
    ];
  });
  await trx('ledger_entries').insert(entries);
}

async function settle(trx: Transaction, { clock }: StepContext, paid: Paid[]) {
  await trx.raw(
    `update invoices i set status = 'paid', paid_at = :now, balance_after = v.balance_after
     from jsonb_to_recordset(cast(:rows as jsonb)) as v (id bigint, balance_after numeric) where i.id = v.id`,
    {
      now: clock.now(),
      rows: JSON.stringify(
        paid.map(({ invoice_id, after }) => ({ id: invoice_id, balance_after: after.toDatabase() })),
      ),
    },
  );
}

/** Rule O7: the months after the paid-until date; what was suspended for want of payment comes back at once. */
async function extend(trx: Transaction, { clock }: StepContext, paid: Paid[]) {
  const extended = paid.map((renewal) => ({
    ...renewal,
    until: nextPeriod(renewal.anchor_on, renewal.paid_months, renewal.months).to,
  }));
  await trx.raw(
    `update orders o set paid_months = o.paid_months + v.months, paid_until = v.until, status = 'active', suspended_for = null
     from jsonb_to_recordset(cast(:rows as jsonb)) as v (id bigint, months int, until date) where o.id = v.id`,
    {
      rows: JSON.stringify(extended.map(({ order_id, months, until }) => ({ id: order_id, months, until }))),
    },
  );
  const event = (renewal: RenewalRow, kind: string, details: object) => ({
    order_id: renewal.order_id,
    customer_id: renewal.customer_id,
    kind,
    details: JSON.stringify(details),
    invoice_id: renewal.invoice_id,
    at: clock.now(),
  });
  await trx('order_events').insert(
    extended.flatMap((renewal) => [
      event(renewal, 'renewed', { months: renewal.months, until: renewal.until }),
      ...(renewal.suspended ? [event(renewal, 'resumed', {})] : []),
    ]),
  );
  await enqueueMails(
    trx,
    clock,
    extended.map((renewal): NewMail => ({
      customerId: renewal.customer_id,
      kind: renewal.suspended ? 'resumed' : 'order_renewed',
      data: {
        ...about(renewal),
        paid_until: renewal.until,
        balance: renewal.after,
      },
    })),
  );
}

const about = (renewal: RenewalRow) => ({
  order: renewal.order_id,
  plan: renewal.plan,
  hostname: renewal.hostname,
  invoice: { id: renewal.invoice_id, number: renewal.number },
  total: Money.of(renewal.total, renewal.currency),
});

async function tellOfFailure(
  trx: Transaction,
  { clock }: StepContext,
  refused: { renewal: RenewalRow; balance: Money }[],
): Promise<RenewalRow[]> {
  if (refused.length === 0) return [];
  const noted = await trx('renewal_notices')
    .insert(
      refused.map(({ renewal }) => ({
        order_id: renewal.order_id,
        paid_until: renewal.paid_until,
        kind: 'renewal_failed',
        at: clock.now(),
      })),
    )
    .onConflict(['order_id', 'paid_until', 'kind'])
    .ignore()
    .returning<{ order_id: number }[]>('order_id');
  const fresh = new Set(noted.map(({ order_id }) => order_id));
  const told = refused.filter(({ renewal }) => fresh.has(renewal.order_id));
  await enqueueMails(
    trx,
    clock,
    told.map(({ renewal, balance }): NewMail => {
      const total = Money.of(renewal.total, renewal.currency);
      const missing = total.minus(balance);
      return {
        customerId: renewal.customer_id,
        kind: 'renewal_failed',
        data: {
          ...about(renewal),
          paid_until: renewal.paid_until,
          balance,
          ...(missing.isPositive ? { missing } : {}),
        },
      };
    }),
  );
  return told.map(({ renewal }) => renewal);
}
