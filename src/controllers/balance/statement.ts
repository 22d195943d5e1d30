import { z } from 'zod';
import { Money } from '../../domain/money/money.ts';
import {
  getStatementTotals,
  listDayBalances,
  listStatement,
  type StatementEntry,
  type StatementFilter,
  streamStatement,
} from '../../domain/ledger/statement-queries.ts';
import { choice, dayField, linksOf, listFields, listHref, paging } from '../../web/list-address.ts';
import { lineChart } from '../../web/rendering/chart.ts';
import { sendCsv } from '../../web/rendering/csv.ts';
import { renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';

const KINDS = ['payment', 'invoice_payment', 'plan_change_credit', 'refund', 'adjustment'] as const;
const { page, per } = listFields(['date'], 'date', 'desc');
const Query = z.object({ page, per, from: dayField, to: dayField, kind: choice(KINDS) });

/** What of the statement the address asks for. */
export function statementFilterOf({ req, viewer, config }: CustomerRequest) {
  const query = Query.parse(req.query);
  const { from, to, kind } = query;
  const filter: StatementFilter = {
    customerId: viewer.customerId,
    timeZone: config.timeZone,
    from,
    to,
    kind,
  };
  return { query, filter };
}

/** The statement: every movement with the balance after it, and the balance over time (rule L5). */
export async function showBalance(context: CustomerRequest) {
  const { db, t, viewer } = context;
  const { query, filter } = statementFilterOf(context);
  const [totals, days] = await Promise.all([getStatementTotals(db, filter), listDayBalances(db, filter)]);
  const position = paging(totals.count, query);
  const { currency } = viewer.balance;
  const { moneyText, dayText } = await context.helpers();
  const points = days.map(({ day, balance }) => {
    const money = Money.of(balance, currency);
    return { day, money, value: balance, label: `${dayText(day)}: ${moneyText(money)}` };
  });
  await renderPage(context, 'balance/statement', {
    title: t('balance.title'),
    entries: await listStatement(db, filter, { limit: position.per, offset: position.offset }),
    totals: { credited: Money.of(totals.credited, currency), debited: Money.of(totals.debited, currency) },
    query,
    filtered: Boolean(query.from ?? query.to ?? query.kind),
    paging: position,
    kinds: KINDS,
    points,
    highest: points.reduce<Money | null>((most, { money }) => (most && money.isLessThan(most) ? most : money), null),
    chart: lineChart(points, { steps: true, title: t('balance.chart_title') }),
    href: linksOf('/balance', query),
    pdfHref: listHref('/balance.pdf', query, { page: undefined, per: undefined }),
    csvHref: listHref('/balance.csv', query, { page: undefined, per: undefined }),
  });
}

export async function downloadStatement(context: CustomerRequest) {
  const { db, t } = context;
  const { filter } = statementFilterOf(context);
  const columns = ['date', 'kind', 'what_for', 'amount', 'balance_after', 'currency'];
  await sendCsv(context, {
    name: 'balance',
    head: columns.map((column) => t(`balance.column.${column}`)),
    items: streamStatement(db, filter),
    toCells: (entry) => [
      entry.at.toISOString(),
      t(`operation.${entry.kind}`),
      whatFor(entry),
      entry.amount,
      entry.balanceAfter,
      entry.amount.currency,
    ],
  });
}

/** What an operation was for, in a word. */
export const whatFor = (entry: StatementEntry) =>
  entry.invoice?.number ?? entry.reason ?? (entry.orderId === null ? '' : String(entry.orderId));
