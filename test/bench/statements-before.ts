/**
 * What three pages asked the database before their statements were made fewer and were prepared, as SQL with named
 * parameters: a limit that does not move when the pages change. Brought along when the schema changes.
 */
export type Parameter =
  | 'sessionId'
  | 'userId'
  | 'customerId'
  | 'today'
  | 'soon'
  | 'timeZone'
  | 'balance'
  | 'horizon'
  | 'pageSize'
  | 'offset'
  | 'one'
  | 'few'
  | 'most';

const SESSION = 'select sess from sessions where sid = :sessionId and expire >= now()';

const VIEWER = `
  select u.id, u.email, u.locale, u.theme, u.staff_role, m.customer_id, u.display_currency, u.order_columns,
    coalesce(nullif(c.company_name, ''), trim(c.first_name || ' ' || c.last_name)) as customer_name, a.balance,
    a.currency as account_currency
  from users u
  left join memberships m on m.user_id = u.id
  left join customers c on c.id = m.customer_id
  left join ledger_accounts a on a.customer_id = m.customer_id and a.kind = 'customer_balance'
  where u.id = :userId
    and u.disabled_at is null`;

const UNPAID = `
  select count(*) as count, coalesce(sum(total), 0) as total, count(*) filter (where due_on < :today) as overdue,
    (array_agg(id order by due_on, id))[1:100] as ids
  from invoices
  where customer_id = :customerId
    and kind = 'service'
    and status = 'unpaid'
  limit :one`;

export const STATEMENTS_BEFORE: Record<string, string[]> = {
  '/orders': [
    SESSION,
    VIEWER,
    'select count(*) as count from orders o where o.customer_id = :customerId',
    `select count(*) as "all",
       count(*) filter (
         where o.status in ('awaiting_payment', 'suspended')
           or (o.status = 'active' and o.paid_until < :today)
       ) as "needAttention"
     from orders o
     where o.customer_id = :customerId`,
    `select page.*, i.id as open_invoice_id
     from (
       select o.id, p.name as plan, p.code as plan_code, l.names as location, p.category, p.specification, host(o.ip) as ip,
         o.paid_until, o.status, o.suspended_for, o.price, o.currency, o.period_months, o.service_name, o.hostname,
         o.comment, o.created_at, o.ends_at_period, row_number() over (order by o.id desc) as position
       from orders o
       join plans p on p.id = o.plan_id
       join locations l on l.id = o.location_id
       where o.customer_id = :customerId
       order by o.id desc
       limit :pageSize
       offset :offset
     ) page
     left join lateral (
       select i.id
       from invoice_lines l
       join invoices i on i.id = l.invoice_id
       where l.order_id = page.id
         and i.status = 'unpaid'
       order by i.id
       limit 1
     ) i on true
     order by position`,
  ],

  '/invoices': [
    SESSION,
    VIEWER,
    'select count(*) as count from invoices as i where i.customer_id = :customerId limit :one',
    UNPAID,
    `select i.id, i.number, i.kind, i.status, i.order_ids, i.issued_at, i.due_on, i.paid_at, i.cancelled_at,
       i.period_months, i.total, i.currency, i.balance_after, c.account_currency
     from invoices as i
     join customers as c on c.id = i.customer_id
     where i.customer_id = :customerId
     order by i.issued_at desc, i.id desc
     limit :pageSize`,
  ],

  '/': [
    SESSION,
    VIEWER,
    'select * from customers where id = :customerId limit :one',
    UNPAID,
    `select o.id, p.name as plan, o.hostname, o.paid_until, o.status, o.suspended_for,
       (
         select i.id
         from invoice_lines l
         join invoices i on i.id = l.invoice_id
         where l.order_id = o.id
           and i.status = 'unpaid'
         order by i.id
         limit 1
       ) as open_invoice_id
     from orders o
     join plans p on p.id = o.plan_id
     where o.customer_id = :customerId
       and o.paid_until <= :soon
       and not o.ends_at_period
       and (o.status = 'active' or o.suspended_for = 'non_payment')
     order by o.paid_until, o.id
     limit :most`,
    `select e.id, t.occurred_at, t.kind, e.amount, e.currency, e.balance_after, i.id as invoice_id,
       i.number as invoice_number,
       case t.cause_type
         when 'cancellation' then t.cause_id
         when 'plan_change' then (select order_id from plan_changes where id = t.cause_id)
       end as order_id, p.gateway, p.captured_amount, p.captured_currency, a.reason
     from ledger_entries as e
     join ledger_transactions as t on t.id = e.transaction_id
     left join payments as p on p.id = t.cause_id and t.cause_type = 'payment'
     left join adjustments as a on a.id = t.cause_id and t.cause_type = 'adjustment'
     left join invoices as i on i.id = case t.cause_type when 'invoice' then t.cause_id else p.invoice_id end
     where e.customer_id = :customerId
     order by e.id desc
     limit :few`,
    `select to_char(m, 'YYYY-MM') as month, coalesce(sum(i.total), 0) as total
     from generate_series(
       date_trunc('month', :today::date) - interval '11 months', date_trunc('month', :today::date), interval '1 month'
     ) m
     left join invoices i on i.customer_id = :customerId
       and i.kind = 'service'
       and i.status = 'paid'
       and i.paid_at >= m at time zone :timeZone
       and i.paid_at < (m + interval '1 month') at time zone :timeZone
     group by m
     order by m`,
    `with renewals as (
       select o.id, o.plan_id, o.price,
         greatest(
           (o.anchor_on + make_interval(months => o.paid_months + n * o.period_months))::date - 1, :today::date
         ) as day
       from orders o
       cross join lateral generate_series(0, 12 / o.period_months) n
       where o.customer_id = :customerId
         and o.anchor_on is not null
         and not o.ends_at_period
         and (o.status = 'active' or (o.status = 'suspended' and o.suspended_for = 'non_payment'))
     ), running as (
       select *, sum(price) over (order by day, id) - cast(:balance as numeric) as short
       from renewals
       where day <= :today::date + cast(:horizon as int)
     )
     select (select count(*) from running) as renewals, r.day, r.id as order_id, p.name as plan, r.short
     from (select 1) one
     left join lateral (
       select *
       from running
       where short > 0
       order by day, id
       limit 1
     ) r on true
     left join plans p on p.id = r.plan_id`,
  ],
};
