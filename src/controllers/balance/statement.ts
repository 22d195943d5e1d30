import { z } from 'zod';
import type { CustomerViewer } from '../../domain/identity/user-queries.ts';
import { Money } from '../../domain/money/money.ts';
import { sendCsv } from '../../web/rendering/csv.ts';
import { lineChart } from '../../web/rendering/chart.ts';
import type { Exchange } from '../../web/request-context.ts';
import { choice, dayField, listFields, listHref, paging } from '../../web/list-address.ts';
import { renderPage } from '../../web/rendering/render-page.ts';
import { pageHelpers } from '../../web/page-helpers.ts';
import {
  getStatementTotals,
  listDayBalances,
  listStatement,
  streamStatement,
  type StatementEntry,
  type StatementFilter,
} from '../../domain/ledger/statement-queries.ts';

type CustomerExchange = Exchange<CustomerViewer>;

const KINDS = ['payment', 'invoice_payment', 'plan_change_credit', 'refund', 'adjustment'] as const;
const { page, per } = listFields(['date'], 'date', 'desc');
const Query = z.object({ page, per, from: dayField, to: dayField, kind: choice(KINDS) });

/** What of the statement the address asks for. */
export function statementFilterOf({ req, viewer, config }: CustomerExchange) {
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
export async function showBalance(exchange: CustomerExchange) {
  const { db, t, viewer } = exchange;
  const { query, filter } = statementFilterOf(exchange);
  const [totals, days] = await Promise.all([getStatementTotals(db, filter), listDayBalances(db, filter)]);
  const position = paging(totals.count, query);
  const { currency } = viewer.balance;
  const { moneyText, dayText } = await pageHelpers(exchange);
  const points = days.map(({ day, balance }) => {
    const money = Money.of(balance, currency);
    return { day, money, value: balance, label: `${dayText(day)}: ${moneyText(money)}` };
  });
  await renderPage(exchange, 'balance/statement', {
    title: t('balance.title'),
    entries: await listStatement(db, filter, { limit: position.per, offset: position.offset }),
    totals: { credited: Money.of(totals.credited, currency), debited: Money.of(totals.debited, currency) },
    query,
    filtered: Boolean(query.from ?? query.to ?? query.kind),
    paging: position,
    kinds: KINDS,
    points,
    highest: points.reduce<Money | null>(
      (most, { money }) => (most && money.isLessThan(most) ? most : money),
      null,
    ),
    chart: lineChart(points, { steps: true, title: t('balance.chart_title') }),
    href: (changes: Record<string, string | number | undefined>) => listHref('/balance', query, changes),
    pdfHref: listHref('/balance.pdf', query, { page: undefined, per: undefined }),
    csvHref: listHref('/balance.csv', query, { page: undefined, per: undefined }),
  });
}

export async function downloadStatement(exchange: CustomerExchange) {
  const { db, t } = exchange;
  const { filter } = statementFilterOf(exchange);
  const columns = ['date', 'kind', 'what_for', 'amount', 'balance_after', 'currency'];
  await sendCsv(exchange, {
    name: 'balance',
    head: columns.map((column) => t(`balance.column.${column}`)),
    items: streamStatement(db, filter),
    toCells: (entry) => [
      entry.at.toISOString(), t(`operation.${entry.kind}`), whatFor(entry), entry.amount, entry.balanceAfter, entry.amount.currency,
    ],
  }); // prettier-ignore
}

/** What an operation was for, in a word. */
export const whatFor = (entry: StatementEntry) =>
  entry.invoice?.number ?? entry.reason ?? (entry.orderId === null ? '' : String(entry.orderId));
