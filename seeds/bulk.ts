import type { Clock } from '../src/platform/clock.ts';
import { DEMO_PASSWORD } from '../src/platform/config.ts';
import type { Db, Transaction } from '../src/platform/db/database.ts';
import { systemAccount } from '../src/domain/ledger/accounts.ts';
import { createUser } from '../src/domain/identity/create-user.ts';
import { hashPassword } from '../src/domain/identity/passwords.ts';
import { seedCatalogue } from './catalogue.ts';

export interface BulkSize {
  customers: number;
  orders: number;
  /** All of them in service by the month, with auto-renewal and money for it, and due within five days. */
  allDue?: boolean;
}

/** One customer has this many of the orders (or a tenth, of few), so that a long list can be measured. */
const LARGEST = 10_000;
const ORDERS_PER_BATCH = 40_000;

/**
 * Makes a large database for measuring, by sets: customers in EUR with orders, each with its invoice, paid from a
 * balance that staff gave. The triggers that would do the same row by row are off (which only a superuser may do), so
 * the statements keep the invariants themselves; `npm run verify` proves it. Each batch is one transaction.
 * @param db as the owner of the schema
 */
export async function seedInBulk(
  db: Db,
  clock: Clock,
  size: BulkSize,
  onProgress: (orders: number) => void,
): Promise<void> {
  const passwordHash = await hashPassword(DEMO_PASSWORD);
  const accounts = await db.transaction((trx) => prepare(trx, clock, passwordHash));
  const largest = Math.min(LARGEST, Math.ceil(size.orders / 10));
  const others = size.customers - 1;
  const ordersOfOthers = size.orders - largest;
  const customersPerBatch = Math.max(1, Math.floor((ORDERS_PER_BATCH * others) / Math.max(1, ordersOfOthers)));
  const batch = (customers: number, orders: number) =>
    db.transaction((trx) =>
      addBatch(trx, clock, { ...accounts, passwordHash, customers, orders, allDue: size.allDue ?? false }),
    );

  await batch(1, largest);
  let done = largest;
  onProgress(done);
  for (let added = 0; added < others;) {
    const customers = Math.min(customersPerBatch, others - added);
    added += customers;
    const upTo = largest + Math.round((ordersOfOthers * added) / others);
    await batch(customers, upTo - done);
    done = upTo;
    onProgress(done);
  }
  await db.raw('analyze');
}

/** Who books, and the system accounts that are booked on. */
interface BookingAccounts {
  staffId: number;
  revenue: number;
  adjustments: number;
}

async function prepare(trx: Transaction, clock: Clock, passwordHash: string): Promise<BookingAccounts> {
  if (!(await trx('plans').first('id'))) await seedCatalogue(trx);
  const email = 'bulk@kabinet.example';
  const known = await trx('users').where({ email }).first<{ id: number } | undefined>('id');
  return {
    staffId: known?.id ?? (await createUser(trx, clock, { email, passwordHash, belongsTo: { staffRole: 'billing' } })),
    revenue: await systemAccount(trx, { kind: 'revenue', currency: 'EUR' }),
    adjustments: await systemAccount(trx, { kind: 'adjustments', currency: 'EUR' }),
  };
}

interface Batch extends BookingAccounts {
  passwordHash: string;
  customers: number;
  orders: number;
  allDue: boolean;
}

/** What is left on each balance after everything is paid. */
const LEFT = '25.00';
const LEFT_FOR_RENEWALS = '100000000.00';

async function addBatch(trx: Transaction, clock: Clock, batch: Batch): Promise<void> {
  const left = batch.allDue ? LEFT_FOR_RENEWALS : LEFT;
  const values = { ...batch, today: clock.today(), now: clock.now(), left };
  await trx.raw(`set local session_replication_role = replica`);
  for (const statement of STATEMENTS) await trx.raw(statement, usedIn(statement, values));
}

function usedIn(statement: string, values: Record<string, unknown>) {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => new RegExp(`:${name}\\b`).test(statement)),
  ) as Record<string, string>;
}

const STATEMENTS = [
  `create temp table batch_customers on commit drop as
   with added as (
     insert into customers (kind, account_currency, first_name, last_name, country, city, address, phone, created_at)
     select 'person', 'EUR', 'Load', 'Customer ' || n, 'DE', 'Berlin', 'Teststraße ' || n, '+49 30 ' || 100000 + n,
       cast(:now as timestamptz) - interval '2 years'
     from generate_series(1, cast(:customers as int)) n
     returning id
   )
   select id, row_number() over (order by id) as n
   from added`,
  `with added as (
     insert into users (email, password_hash, created_at, email_confirmed_at)
     select 'load' || id || '@kabinet.example', cast(:passwordHash as text), cast(:now as timestamptz),
       cast(:now as timestamptz)
     from batch_customers
     returning id, email
   )
   insert into memberships (user_id, customer_id, role, created_at)
   select added.id, c.id, 'owner', cast(:now as timestamptz)
   from added
   join batch_customers c on added.email = 'load' || c.id || '@kabinet.example'`,

  // Orders: nearly all in service, some in every other state.
  `create temp table batch_orders on commit drop as
   select nextval(pg_get_serial_sequence('orders', 'id')) as id, c.id as customer_id, p.id as plan_id,
     (select location_id from plan_locations where plan_id = p.id order by position limit 1) as location_id,
     p.name as plan_name, c.price, c.months,
     case
       when cast(:allDue as boolean) then 'active'
       when n % 50 = 0 then 'awaiting_payment'
       when n % 51 = 0 then 'provisioning'
       when n % 13 = 0 then 'cancelled'
       when n % 61 = 0 then 'suspended'
       else 'active'
     end as status,
     case
       when cast(:allDue as boolean) then (:today::date + 6 - interval '1 month')::date
       else (
         (:today::date + ((n * 37) % (c.months * 28) - case when n % 29 = 0 then 3 else 0 end)::int + 1)
           - make_interval(months => c.months)
       )::date
     end as anchor_on,
     n
   from (
     select g.n, b.id, pp.plan_id, pp.price, pp.months
     from generate_series(1, cast(:orders as int)) g(n)
     join batch_customers b on b.n = 1 + g.n % cast(:customers as int)
     join (
       select plan_id, price, months, row_number() over (order by plan_id, months) - 1 as nth,
         count(*) over () as prices
       from plan_prices
       where currency = 'EUR'
         and (months = 1 or not cast(:allDue as boolean))
     ) pp on pp.nth = (g.n::bigint * 7919) % pp.prices
   ) c
   join plans p on p.id = c.plan_id
   order by n`,
  `insert into orders (
     id, customer_id, plan_id, location_id, status, suspended_for, ip, service_name, hostname, comment, os, period_months, price,
     currency, anchor_on, paid_months, paid_until, created_at, activated_at, cancelled_at, auto_renewal, search_text
   )
   overriding system value
   select id, customer_id, plan_id, location_id, status, case when status = 'suspended' then 'non_payment' end, ip, '', hostname,
     '', 'debian-13', months, price, 'EUR', case when in_service then anchor_on end,
     case when status = 'awaiting_payment' then 0 else months end,
     case when in_service then (anchor_on + make_interval(months => months))::date - 1 end,
     anchor_on::timestamp at time zone 'UTC', case when in_service then anchor_on::timestamp at time zone 'UTC' end,
     case when status = 'cancelled' then cast(:now as timestamptz) end,
     case when cast(:allDue as boolean) then true end, lower(concat_ws(' ', id, plan_name, location, host(ip), hostname))
   from (
     select *, (select concat_ws(' ', names ->> 'en', names ->> 'ru') from locations where id = location_id) as location,
       status not in ('awaiting_payment', 'provisioning') as in_service,
       'host' || id || '.example.net' as hostname,
       case when status not in ('awaiting_payment', 'provisioning') then inet '10.0.0.0' + (id % 16000000) end as ip
     from batch_orders
   ) o`,

  // Invoices, one for each order, numbered without a gap.
  `create temp table batch_invoices on commit drop as
   with series as (
     update invoice_series
     set last_sequence = last_sequence + (select count(*) from batch_orders)
     where code = 'INV'
     returning last_sequence
   )
   select nextval(pg_get_serial_sequence('invoices', 'id')) as id, o.id as order_id, o.customer_id, o.status, o.price,
     o.months, o.anchor_on, o.n,
     last_sequence - (select count(*) from batch_orders) + row_number() over (order by o.id) as sequence
   from batch_orders o, series
   order by o.id`,
  `insert into invoices (
     id, customer_id, kind, series, sequence, status, currency, total, issued_at, due_on, paid_at, period_months,
     order_ids, buyer, buyer_final, seller
   )
   overriding system value
   select id, customer_id, 'service', 'INV', sequence,
     case when status = 'awaiting_payment' then 'unpaid' else 'paid' end, 'EUR', price,
     anchor_on::timestamp at time zone 'UTC', anchor_on + 7,
     case when status <> 'awaiting_payment' then anchor_on::timestamp at time zone 'UTC' end, months, array[order_id],
     jsonb_build_object('customerId', customer_id, 'kind', 'person', 'firstName', 'Load', 'lastName', 'Customer',
       'companyName', '', 'registrationNumber', '', 'vatNumber', '', 'country', 'DE', 'city', 'Berlin',
       'address', 'Teststraße', 'postalCode', ''),
     true, '{"name": "Kabinet Hosting", "details": ""}'
   from batch_invoices i`,
  `insert into invoice_lines (invoice_id, customer_id, position, kind, order_id, months, amount, currency, details)
   select i.id, i.customer_id, 0, 'new_order', i.order_ids[1], i.period_months, i.total, 'EUR', '{"plan": "Plan"}'
   from invoices i
   join batch_invoices b on b.id = i.id`,
  `insert into order_events (order_id, customer_id, kind, details, invoice_id, at)
   select o.id, o.customer_id, 'placed', jsonb_build_object('plan', o.plan_name, 'months', o.months), i.id,
     o.anchor_on::timestamp at time zone 'UTC'
   from batch_orders o
   join batch_invoices i on i.n = o.n`,

  // The books: staff give each customer what everything costs, then each invoice is paid.
  `create temp table batch_accounts on commit drop as
   with added as (
     insert into ledger_accounts (kind, customer_id, currency, balance)
     select 'customer_balance', id, 'EUR', :left::numeric
     from batch_customers
     returning id, customer_id
   )
   select a.id as account_id, a.customer_id,
     :left::numeric + coalesce((
       select sum(price)
       from batch_orders o
       where o.customer_id = a.customer_id
         and o.status <> 'awaiting_payment'
     ), 0) as given
   from added a`,
  `create temp table batch_adjustments on commit drop as
   with added as (
     insert into adjustments (customer_id, amount, currency, reason, made_by, made_at)
     select customer_id, given, 'EUR', 'Opening balance', cast(:staffId as bigint),
       cast(:now as timestamptz) - interval '2 years'
     from batch_accounts
     returning id, customer_id, amount
   )
   select *
   from added`,
  `insert into audit_log (at, user_id, action, subject_type, subject_id, customer_id, reason, details)
   select cast(:now as timestamptz), cast(:staffId as bigint), 'balance.adjusted', 'customer', customer_id::text,
     customer_id, 'Opening balance', jsonb_build_object('adjustment', id, 'amount', amount, 'currency', 'EUR')
   from batch_adjustments`,
  `with booked as (
     insert into ledger_transactions (kind, cause_type, cause_id, customer_id, occurred_at)
     select 'adjustment', 'adjustment', id, customer_id, cast(:now as timestamptz) - interval '2 years'
     from batch_adjustments
     returning id, customer_id
   )
   insert into ledger_entries (transaction_id, account_id, customer_id, amount, currency, balance_after)
   select b.id, a.account_id, a.customer_id, a.given, 'EUR', a.given
   from booked b
   join batch_accounts a using (customer_id)
   union all
   select b.id, :adjustments::bigint, null, -a.given, 'EUR', null
   from booked b
   join batch_accounts a using (customer_id)`,
  `create temp table batch_payments on commit drop as
   with booked as (
     insert into ledger_transactions (kind, cause_type, cause_id, customer_id, occurred_at)
     select 'invoice_payment', 'invoice', id, customer_id, paid_at
     from invoices
     where status = 'paid'
       and id in (select id from batch_invoices)
     order by id
     returning id, cause_id, customer_id
   )
   select b.id as transaction_id, b.cause_id as invoice_id, a.account_id, b.customer_id, i.price as amount,
     a.given - sum(i.price) over (partition by b.customer_id order by b.cause_id) as balance_after
   from booked b
   join batch_accounts a on a.customer_id = b.customer_id
   join batch_invoices i on i.id = b.cause_id`,
  `insert into ledger_entries (transaction_id, account_id, customer_id, amount, currency, balance_after)
   select transaction_id, account_id, customer_id, -amount, 'EUR', balance_after
   from batch_payments
   order by invoice_id`,
  `insert into ledger_entries (transaction_id, account_id, amount, currency)
   select transaction_id, :revenue::bigint, amount, 'EUR'
   from batch_payments
   order by invoice_id`,
  `update invoices i
   set balance_after = p.balance_after
   from batch_payments p
   where p.invoice_id = i.id`,
];
