import { addDays, type Clock, type Day } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import type { StaffRight } from '../identity/rights.ts';
import { FREE_ADDRESS } from '../networks/take-address.ts';
import { Money } from '../money/money.ts';

/** What went wrong since the evening before, in the order in which it is listed. */
export const BROKEN = ['billing_failures', 'mails_not_delivered', 'rates_not_fetched'] as const;
/** What waits for somebody on the staff, likewise. */
const WAITING = ['orders_to_set_up', 'marked_payments', 'rate_proposals', 'factor_removals', 'networks_low'] as const;
/** In the order in which they are listed. */
export const WORK_KINDS = [...BROKEN, ...WAITING] as const;
export type WorkKind = (typeof WORK_KINDS)[number];

/** How many of a kind, of which sorts, and since when the oldest. */
export interface WorkLine {
  kind: WorkKind;
  count: number;
  /** How many of each sort: a state of mail, a category, a currency, a source of rates, a step of a run. */
  sorts: Record<string, number>;
  oldest: Date;
  /** Since when the newest; null where it is not known. */
  newest: Date | null;
}

/** Who may not look into it does not see it counted. */
const RIGHT_FOR: Record<WorkKind, StaffRight> = {
  billing_failures: 'billing:view',
  mails_not_delivered: 'customers:view',
  rates_not_fetched: 'rates:view',
  orders_to_set_up: 'orders:view',
  marked_payments: 'money:view',
  rate_proposals: 'rates:view',
  factor_removals: 'customers:security',
  networks_low: 'catalog:view',
};

/** Whether somebody with these rights is told of what waits or broke of a kind. */
export const mayDealWith = (kind: WorkKind, rights: ReadonlySet<StaffRight>): boolean => rights.has(RIGHT_FOR[kind]);

/** Orders to set up are counted up to here, the oldest first: with so many nobody reads the number. */
export const MOST_WAITING = 1000;

/** The hour of the evening from which a night's work is looked at in the morning, by the site's clock. */
const EVENING = '18:00';

/**
 * What broke since the evening before and what waits, for somebody with these rights; kinds without any are left out.
 * Each kind is counted by an index that holds nothing else, since every page of the desk shows the counts.
 */
export async function listWork(
  db: Db | Transaction,
  clock: Clock,
  { rights, timeZone }: { rights: ReadonlySet<StaffRight>; timeZone: string },
): Promise<WorkLine[]> {
  const { rows } = await db.raw<{ rows: WorkLine[] }>(
    `with evening as (
       select (cast(:before as date) + cast(:evening as time)) at time zone :timeZone as at
     )
     select kind, sum(count)::integer as count, jsonb_object_agg(sort, count) as sorts, min(oldest) as oldest,
       max(newest) as newest
     from (
       select 'billing_failures' as kind, f.step as sort, count(*) as count, min(f.at) as oldest, max(f.at) as newest
       from billing_runs r
       join billing_failures f on f.run_id = r.id
       where r.started_at >= (select at from evening)
         and not exists (select from billing_retries where failure_id = f.id and message is null)
       group by f.step
       union all
       select 'mails_not_delivered', state, count(*), min(enqueued_at), max(enqueued_at)
       from mails
       where state in ('failed', 'uncertain')
         and coalesce(claimed_at, enqueued_at) >= (select at from evening)
       group by state
       union all
       select 'rates_not_fetched', source, count(*), min(at), max(at)
       from (select distinct on (source) source, at, failure from rate_fetches order by source, id desc) last
       where failure is not null
       group by source
       union all
       select 'orders_to_set_up', p.category, count(*), min(coalesce(i.paid_at, o.created_at)),
         max(coalesce(i.paid_at, o.created_at))
       from (select id, plan_id, created_at from orders where status = 'provisioning' order by id limit :most) o
       join plans p on p.id = o.plan_id
       left join lateral (
         select i.paid_at
         from invoice_lines l
         join invoices i on i.id = l.invoice_id
         where l.order_id = o.id
           and l.kind = 'new_order'
         limit 1
       ) i on true
       group by p.category
       union all
       select 'marked_payments', marked_for, count(*), min(coalesce(captured_at, started_at)),
         max(coalesce(captured_at, started_at))
       from payments
       where marked_for is not null
       group by marked_for
       union all
       select 'rate_proposals', currency, count(*), min(proposed_at), max(proposed_at)
       from rate_proposals
       where decision is null
       group by currency
       union all
       select 'factor_removals', '', count(*), min(asked_at), max(asked_at)
       from factor_removals
       where stopped_at is null
         and done_at is null
         and approved_by is null
       having count(*) > 0
       union all
       select 'networks_low', text(n.cidr), 1, :now, null
       from networks n
       where n.alarm_below > 0
         and family(n.cidr) = 4
         and (
           select count(*)
           from (
             select
             from network_addresses a
             where a.network_id = n.id
               and ${FREE_ADDRESS}
             limit n.alarm_below
           ) free
         ) < n.alarm_below
     ) work
     group by kind`,
    { before: addDays(clock.today(), -1), evening: EVENING, timeZone, now: clock.now(), most: MOST_WAITING + 1 },
  );
  return rows
    .filter(({ kind }) => mayDealWith(kind, rights))
    .toSorted((a, b) => WORK_KINDS.indexOf(a.kind) - WORK_KINDS.indexOf(b.kind));
}

/** Days that an invoice may be overdue, in the groups in which they are looked at. */
export const OVERDUE_AGES = [
  { name: '1_7', least: 1, most: 7 },
  { name: '8_30', least: 8, most: 30 },
  { name: '31', least: 31, most: null },
] as const;
export type OverdueAge = (typeof OVERDUE_AGES)[number]['name'];

/** The service invoices of an age that are overdue. */
export interface OverdueInvoices {
  age: OverdueAge;
  count: number;
  /** One a currency. */
  totals: Money[];
  /** The first due date among them. */
  oldest: Day;
}

/** Overdue invoices by age; ages without any are left out. */
export async function listOverdueByAge(db: Db, today: Day): Promise<OverdueInvoices[]> {
  const { rows } = await db.raw<{
    rows: { age: OverdueAge; currency: string; count: number; total: string; oldest: Day }[];
  }>(
    `select case when due_on >= cast(:today as date) - 7 then '1_7'
       when due_on >= cast(:today as date) - 30 then '8_30' else '31' end as age,
       currency, count(*) as count, sum(total) as total, min(due_on) as oldest
     from invoices
     where kind = 'service'
       and status = 'unpaid'
       and due_on < :today
     group by 1, 2
     order by 2`,
    { today },
  );
  return OVERDUE_AGES.flatMap(({ name }) => {
    const ofAge = rows.filter(({ age }) => age === name);
    const [oldest] = ofAge.map(({ oldest }) => oldest).sort();
    if (oldest === undefined) return [];
    return [
      {
        age: name,
        count: ofAge.reduce((sum, { count }) => sum + count, 0),
        totals: ofAge.map(({ total, currency }) => Money.of(total, currency)),
        oldest,
      },
    ];
  });
}

/** How much mail has gone out in the last 24 hours, when the last did, and how much waits. */
export interface MailState {
  sent: number;
  lastSentAt: Date | null;
  waiting: number;
}

export async function getMailState(db: Db, now: Date): Promise<MailState> {
  const since = new Date(now.getTime() - 24 * 3_600_000);
  const { rows } = await db.raw<{ rows: [{ sent: number; last: Date | null; waiting: number }] }>(
    `select (select count(*) from mails where sent_at >= :since) as sent,
       (select max(sent_at) from mails where sent_at is not null) as last,
       (select count(*) from mails where state = 'waiting') as waiting`,
    { since },
  );
  return { sent: rows[0].sent, lastSentAt: rows[0].last, waiting: rows[0].waiting };
}

/** What gateways have captured on a day, a sum for each currency. */
export async function listReceivedOn(db: Db, day: Day, timeZone: string): Promise<{ count: number; totals: Money[] }> {
  const { rows } = await db.raw<{ rows: { currency: string; count: number; total: string }[] }>(
    `select captured_currency as currency, count(*) as count, sum(captured_amount) as total
     from payments
     where captured_at >= cast(:day as date)::timestamp at time zone :timeZone
       and captured_at < (cast(:day as date) + 1)::timestamp at time zone :timeZone
     group by 1
     order by 1`,
    { day, timeZone },
  );
  return {
    count: rows.reduce((sum, { count }) => sum + count, 0),
    totals: rows.map(({ total, currency }) => Money.of(total, currency)),
  };
}
