import { z } from 'zod';
import type { Day } from '../../platform/clock.ts';
import { Money } from '../../domain/money/money.ts';
import {
  type DayBalance,
  getStatementTotals,
  listDayBalances,
  listStatement,
  type StatementEntry,
  type StatementFilter,
  streamStatement,
} from '../../domain/ledger/statement-queries.ts';
import { choice, dayField, linksOf, listFields, listHref } from '../../web/list-address.ts';
import { stepChart } from '../../web/rendering/chart.ts';
import { csvTime, sendCsv } from '../../web/rendering/csv.ts';
import { readPage } from '../../web/read-page.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { SafeHtml } from '../../web/rendering/html.ts';
import type { ViewHelpers } from '../../web/rendering/view-helpers.ts';
import type { CustomerRequest } from '../../web/request-context.ts';

const KINDS = ['payment', 'invoice_payment', 'plan_change_credit', 'refund', 'adjustment'] as const;
const { q, page, per } = listFields(['date'], 'date', 'desc');
const Query = z.object({ q, page, per, from: dayField, to: dayField, kind: choice(KINDS) });

/** What of the statement the address asks for. */
export function statementFilterOf({ req, viewer, config }: CustomerRequest) {
  const query = Query.parse(req.query);
  const { q, from, to, kind } = query;
  const filter: StatementFilter = {
    customerId: viewer.customerId,
    timeZone: config.timeZone,
    q,
    from,
    to,
    kind,
  };
  return { query, filter };
}

/** The statement: every movement with the balance after it, and the balance over time (rule L5). */
export async function showBalance(context: CustomerRequest) {
  await renderPage(context, 'balance/statement', await statementPage(context));
}

async function statementPage(context: CustomerRequest) {
  const { db, t, viewer } = context;
  const { query, filter } = statementFilterOf(context);
  const [{ counts: totals, items, paging }, days] = await Promise.all([
    readPage(
      query,
      () => getStatementTotals(db, filter),
      (window) => listStatement(db, filter, window),
    ),
    listDayBalances(db, filter),
  ]);
  const { currency } = viewer.balance;
  return {
    title: t('balance.statement.title'),
    balance: viewer.balance,
    entries: items,
    totals: { credited: Money.of(totals.credited, currency), debited: Money.of(totals.debited, currency) },
    query,
    filtered: query.q !== '' || Boolean(query.from ?? query.to ?? query.kind),
    paging,
    kinds: KINDS,
    history: historyOf(days, currency, t('balance.statement.chart_title'), await context.helpers()),
    href: linksOf('/balance', query),
    pdfHref: listHref('/balance.pdf', query, { page: undefined, per: undefined }),
    csvHref: listHref('/balance.csv', query, { page: undefined, per: undefined }),
  };
}
export type StatementPage = PageOf<typeof statementPage>;

/** The balance over time. */
export interface BalanceHistory {
  chart: SafeHtml;
  points: { day: Day; money: Money }[];
  first: Day;
  last: Day;
  highest: Money;
}

/** Null while there are not two days to draw a line between. */
function historyOf(
  days: DayBalance[],
  currency: string,
  title: string,
  { dayText, moneyText }: ViewHelpers,
): BalanceHistory | null {
  const points = days.map(({ day, balance }) => ({ day, money: Money.of(balance, currency) }));
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last || first === last) return null;
  const drawn = points.map(({ day, money }) => ({
    day,
    value: money.amount.toFixed(),
    label: `${dayText(day)}: ${moneyText(money)}`,
  }));
  return {
    chart: stepChart(drawn, { fromZero: true, title }),
    points,
    first: first.day,
    last: last.day,
    highest: points.reduce((most, { money }) => (money.isLessThan(most) ? most : money), first.money),
  };
}

export async function downloadStatement(context: CustomerRequest) {
  const { db, t } = context;
  const { filter } = statementFilterOf(context);
  const time = csvTime(context.config.timeZone);
  const { serviceText } = await context.helpers();
  await sendCsv(context, {
    name: 'balance',
    items: streamStatement(db, filter),
    label: (column) => t(`terms.operation_field.${column}`),
    columns: {
      date: (entry) => time(entry.at),
      kind: (entry) => t(`terms.operation.${entry.kind}`),
      what_for: (entry) => whatFor(entry),
      service: (entry) => (entry.service ? serviceText(entry.service) : ''),
      amount: (entry) => entry.amount,
      balance_after: (entry) => entry.balanceAfter,
      currency: (entry) => entry.amount.currency,
    },
  });
}

/** What an operation was for, in a word. */
export const whatFor = (entry: StatementEntry) =>
  entry.invoice?.number ?? entry.reason ?? (entry.orderId === null ? '' : String(entry.orderId));
