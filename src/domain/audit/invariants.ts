import { wrongBalances } from './wrong-balances.ts';

interface Invariant {
  id: string;
  name: string;
  /** What it is checked on: tables, or a query in brackets for some rows of one. */
  looksAt: string[];
  /** Selects the rows that break it. */
  offenders: string;
}

const BALANCES = `(select * from ledger_accounts where kind = 'customer_balance')`;

/** What is always true of the books: each with one query for what breaks it. */
export const INVARIANTS: Invariant[] = [
  {
    id: '1',
    name: 'Every ledger transaction has two entries or more and sums to zero in each currency',
    looksAt: ['ledger_transactions', 'ledger_entries'],
    offenders: `
      select t.id as transaction
      from ledger_transactions t
      left join ledger_entries e on e.transaction_id = t.id
      group by t.id
      having count(e.id) < 2
      union
      select transaction_id
      from ledger_entries
      group by transaction_id, currency
      having sum(amount) <> 0`,
  },
  {
    id: '2',
    name: 'Each entry has the currency of its account',
    looksAt: ['ledger_entries'],
    offenders: `
      select e.id as entry, e.currency, a.currency as account_currency
      from ledger_entries e
      join ledger_accounts a on a.id = e.account_id
      where e.currency <> a.currency`,
  },
  {
    id: '3',
    name: 'Amounts fit the minor unit of their currency and are not zero',
    looksAt: ['ledger_entries', 'invoices', 'invoice_lines', 'payments'],
    offenders: `
      select 'entry' as kind, id, amount, currency
      from ledger_entries
      where amount = 0 or not fits_minor_unit(amount, currency)
      union all
      select 'invoice', id, total, currency
      from invoices
      where total <= 0 or not fits_minor_unit(total, currency)
      union all
      select 'line', id, amount, currency
      from invoice_lines
      where not fits_minor_unit(amount, currency)
      union all
      select 'payment', id, captured_amount, captured_currency
      from payments
      where captured_amount is not null
        and (captured_amount <= 0 or not fits_minor_unit(captured_amount, captured_currency))`,
  },
  {
    id: '4a',
    name: 'A stored balance is the sum of its entries',
    looksAt: [BALANCES],
    offenders: wrongBalances(BALANCES),
  },
  {
    id: '4b',
    name: 'Each balance after an entry follows from the one before',
    looksAt: ['ledger_entries'],
    offenders: `
      select entry, balance_after, expected
      from (
        select id as entry, balance_after, sum(amount) over (partition by account_id order by id) as expected
        from ledger_entries
        where customer_id is not null
      ) running
      where balance_after is distinct from expected`,
  },
  {
    id: '4c',
    name: 'Every customer has exactly one balance account, in their own currency',
    looksAt: ['customers'],
    offenders: `
      select c.id as customer, count(a.id) as accounts, min(a.currency) as currency
      from customers c
      left join ledger_accounts a on a.customer_id = c.id and a.kind = 'customer_balance'
      group by c.id
      having count(a.id) <> 1 or min(a.currency) <> c.account_currency`,
  },
  {
    id: '4d',
    name: 'Every ledger transaction has the cause it names, of the same customer as its entries',
    looksAt: ['ledger_transactions'],
    offenders: `
      select t.id as transaction, t.cause_type, t.cause_id, t.customer_id as customer
      from ledger_transactions t
      left join payments p on t.cause_type = 'payment' and p.id = t.cause_id
      left join invoices i on t.cause_type = 'invoice' and i.id = t.cause_id
      left join adjustments a on t.cause_type = 'adjustment' and a.id = t.cause_id
      left join plan_changes c on t.cause_type = 'plan_change' and c.id = t.cause_id
      left join orders o on o.id = case t.cause_type
        when 'cancellation' then t.cause_id
        when 'plan_change' then c.order_id
      end
      where t.customer_id is distinct from coalesce(p.customer_id, i.customer_id, a.customer_id, o.customer_id)
        or exists (
          select
          from ledger_entries e
          where e.transaction_id = t.id
            and e.customer_id <> t.customer_id
        )`,
  },
  {
    id: '5',
    name: 'No customer has a balance below zero, at any time',
    looksAt: [BALANCES, 'ledger_entries'],
    offenders: `
      select id as account, balance as amount
      from ledger_accounts
      where balance < 0
      union all
      select account_id, balance_after
      from ledger_entries
      where balance_after < 0`,
  },
  {
    id: '6a',
    name: 'Each captured payment is credited exactly once',
    looksAt: ['payments'],
    offenders: `
      select p.id as payment, count(t.id) as credits
      from payments p
      left join ledger_transactions t on t.cause_type = 'payment' and t.cause_id = p.id
      group by p.id
      having count(t.id) <> case when max(p.status) = 'captured' then 1 else 0 end`,
  },
  {
    id: '6b',
    name: 'What was credited is what was captured',
    looksAt: ['payments'],
    offenders: `
      select p.id as payment, p.captured_amount, e.amount as booked
      from payments p
      join ledger_transactions t on t.cause_type = 'payment' and t.cause_id = p.id
      left join lateral (
        select sum(e.amount) as amount
        from ledger_entries e
        join ledger_accounts a on a.id = e.account_id
        where e.transaction_id = t.id
          and a.kind = 'gateway_clearing'
          and a.gateway = p.gateway
          and e.currency = p.captured_currency
      ) e on true
      where e.amount is distinct from -p.captured_amount`,
  },
  {
    id: '7a',
    name: 'A paid service invoice has one settlement of its total; an unpaid or cancelled one has none',
    looksAt: ['invoices'],
    offenders: `
      select i.id as invoice, i.status, sum(-e.amount) as settled
      from invoices i
      left join ledger_transactions t on t.cause_type = 'invoice' and t.cause_id = i.id
      left join ledger_entries e on e.transaction_id = t.id and e.customer_id = i.customer_id
      where i.kind = 'service'
      group by i.id
      having count(distinct t.id) <> case when i.status = 'paid' then 1 else 0 end
        or (i.status = 'paid' and coalesce(sum(-e.amount), 0) <> i.total)`,
  },
  {
    id: '7b',
    name: 'A paid top-up invoice has one payment of its total; an unpaid or cancelled one has none',
    looksAt: ['invoices', 'payments'],
    offenders: `
      select i.id as invoice, i.status, count(p.id) as settlements
      from invoices i
      left join payments p on p.invoice_id = i.id
        and p.status = 'captured'
        and (p.marked_for is null or p.marked_for = 'captured_again')
      where i.kind = 'top_up'
      group by i.id
      having count(p.id) <> case when i.status = 'paid' then 1 else 0 end
        or (i.status = 'paid' and (max(p.captured_amount) <> i.total or max(p.captured_currency) <> i.currency))`,
  },
  {
    id: '7c',
    name: 'The total of an invoice is the sum of its lines',
    looksAt: ['invoices', 'invoice_lines'],
    offenders: `
      select i.id as invoice, i.total, sum(l.amount) as lines
      from invoices i
      left join invoice_lines l on l.invoice_id = i.id
      group by i.id
      having i.total <> coalesce(sum(l.amount), 0)`,
  },
  {
    id: '8',
    name: 'Invoice numbers are gapless and unique in their series',
    looksAt: ['invoices'],
    offenders: `
      select s.code as series, s.last_sequence, count(i.id) as invoices, min(i.sequence) as first,
        max(i.sequence) as last
      from invoice_series s
      left join invoices i on i.series = s.code
      group by s.code
      having s.last_sequence <> count(i.id)
        or coalesce(max(i.sequence), 0) <> count(i.id)
        or coalesce(min(i.sequence), 1) <> 1
        or count(distinct i.sequence) <> count(i.id)`,
  },
  {
    id: '9a',
    name: 'No order has two renewals for the same period',
    looksAt: ['invoice_lines'],
    offenders: `
      select l.order_id as "order", l.period_from, count(*) as renewals
      from invoice_lines l
      join invoices i on i.id = l.invoice_id and i.status <> 'cancelled'
      where l.kind = 'renewal'
      group by l.order_id, l.period_from
      having count(*) > 1`,
  },
  {
    id: '9b',
    name: 'Paid-until is the anchor plus the paid months less a day, and the months were paid',
    looksAt: ['orders', 'invoice_lines'],
    offenders: `
      select o.id as "order", o.anchor_on, o.paid_months, o.paid_until, paid.months
      from orders o
      left join lateral (
        select coalesce(sum(l.months), 0) as months
        from invoice_lines l
        join invoices i on i.id = l.invoice_id
        where l.order_id = o.id
          and i.status = 'paid'
          and l.kind in ('new_order', 'renewal')
      ) paid on true
      where o.paid_months <> paid.months
        or o.paid_until <> (o.anchor_on + make_interval(months => o.paid_months))::date - 1`,
  },
  {
    id: '9c',
    name: 'An order was credited at most what was paid for it',
    looksAt: ['orders', 'ledger_entries'],
    offenders: `
      select credited.order_id as "order", credited.amount as credited, paid.amount as paid
      from (
        select coalesce(c.order_id, t.cause_id) as order_id, sum(e.amount) as amount
        from ledger_transactions t
        join ledger_entries e on e.transaction_id = t.id and e.customer_id is not null
        left join plan_changes c on t.cause_type = 'plan_change' and c.id = t.cause_id
        where t.cause_type in ('cancellation', 'plan_change')
        group by 1
      ) credited
      left join lateral (
        select coalesce(sum(l.amount), 0) as amount
        from invoice_lines l
        join invoices i on i.id = l.invoice_id
        join orders o on o.id = l.order_id
        where l.order_id = credited.order_id
          and i.status = 'paid'
          -- What was paid for a setup comes back where there was none.
          and (l.kind <> 'setup_fee' or o.anchor_on is null)
      ) paid on true
      where credited.amount > paid.amount`,
  },
  {
    id: '9d',
    name: 'Each plan change took what its invoice charged less what was credited, by days, and every paid one took effect',
    looksAt: ['plan_changes', 'plan_change_parts'],
    offenders: `
      select c.id as plan_change, null::bigint as invoice
      from plan_changes c
      left join invoices i on i.id = c.invoice_id
      left join lateral (
        select coalesce(sum(e.amount), 0) as amount
        from ledger_transactions t
        join ledger_entries e on e.transaction_id = t.id
        where t.cause_type = 'plan_change'
          and t.cause_id = c.id
          and e.customer_id is not null
      ) credit on true
      left join lateral (
        select coalesce(sum(amount), 0) as amount
        from plan_change_parts
        where plan_change_id = c.id
      ) parts on true
      where c.amount <> coalesce(i.total, 0) - credit.amount
        or c.amount <> parts.amount
        or i.status <> 'paid'
      union all
      select null, l.invoice_id
      from invoice_lines l
      join invoices i on i.id = l.invoice_id and i.status = 'paid'
      where l.kind = 'plan_change'
        and not exists (select from plan_changes where invoice_id = i.id)`,
  },
  {
    id: '10',
    name: 'Every adjustment by staff has its booking and its audit row',
    looksAt: ['adjustments'],
    offenders: `
      select a.id as adjustment
      from adjustments a
      where not exists (
          select
          from ledger_transactions t
          where t.cause_type = 'adjustment'
            and t.cause_id = a.id
        )
        or not exists (
          select
          from audit_log l
          where l.action = 'balance.adjusted'
            and l.user_id = a.made_by
            and l.customer_id = a.customer_id
            and l.details->>'adjustment' = a.id::text
        )`,
  },
  {
    id: '11',
    name: 'Invoices, their lines, quotes and payments refer only to what is the same customer’s',
    looksAt: ['invoice_lines', 'quotes', 'payments'],
    offenders: `
      select 'line' as kind, l.id, i.customer_id as customer, o.customer_id as of_customer
      from invoice_lines l
      join invoices i on i.id = l.invoice_id
      join orders o on o.id = l.order_id
      where o.customer_id <> i.customer_id
      union all
      select 'quote', q.id, q.customer_id, i.customer_id
      from quotes q
      join invoices i on i.id = q.invoice_id
      where i.customer_id <> q.customer_id
      union all
      select 'payment', p.id, p.customer_id, i.customer_id
      from payments p
      join invoices i on i.id = p.invoice_id
      where i.customer_id <> p.customer_id
      union all
      select 'payment', p.id, p.customer_id, q.customer_id
      from payments p
      join quotes q on q.id = p.quote_id
      where q.invoice_id <> p.invoice_id`,
  },
];
