import { dayOf } from '../../platform/clock.ts';
import { PeriodTooLong } from '../../domain/errors.ts';
import { Money } from '../../domain/money/money.ts';
import { getStatementTotals, listStatement } from '../../domain/ledger/statement-queries.ts';
import { getCustomer } from '../../domain/customers/customer-queries.ts';
import { sendPdf } from '../../web/rendering/paper.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { statementFilterOf, whatFor } from './statement.ts';

/** About eighty pages; who wants more of them at once wants the CSV. */
const MOST_OPERATIONS = 2_000;

/** The statement of a period as a document, oldest first, with the balance before and after it. */
export async function downloadStatementPdf(context: CustomerRequest) {
  const { db, res, config, viewer, locale, t } = context;
  const { query, filter } = statementFilterOf(context);
  const { count, credited, debited } = await getStatementTotals(db, filter);
  if (count > MOST_OPERATIONS) throw new PeriodTooLong({ count, limit: MOST_OPERATIONS });
  const [entries, customer, helpers] = await Promise.all([
    listStatement(db, filter, { limit: MOST_OPERATIONS, offset: 0 }),
    getCustomer(db, viewer.customerId),
    context.helpers(),
  ]);
  const { moneyText, dayText } = helpers;
  const oldestFirst = entries.toReversed();
  const [first, last] = [oldestFirst[0], oldestFirst.at(-1)];
  const { currency } = viewer.balance;
  const title = t('balance.statement');
  await sendPdf(res, { name: 'balance', title, t, locale }, (paper) => {
    paper.heading(title, [
      [customer.companyName, `${customer.firstName} ${customer.lastName}`.trim()].filter(Boolean).join(', '),
      t('invoices.customer_number', { id: customer.id }),
      ...(query.from || query.to ? [] : [t('pdf.period_all')]),
      ...(query.from ? [`${t('list.from')} ${dayText(query.from)}`] : []),
      ...(query.to ? [`${t('list.to')} ${dayText(query.to)}`] : []),
      ...(query.kind ? [t(`operation.${query.kind}`)] : []),
    ]);
    if (!first || !last) return paper.note(t('balance.nothing_found'));
    if (!query.kind)
      paper.facts([
        { label: t('pdf.before'), value: moneyText(first.balanceAfter.minus(first.amount)) },
        { label: t('pdf.after'), value: moneyText(last.balanceAfter) },
        { label: t('balance.credited'), value: moneyText(Money.of(credited, currency)) },
        { label: t('balance.debited'), value: moneyText(Money.of(debited, currency)) },
        { label: t('pdf.currency'), value: currency },
      ]);
    paper.table(
      [
        { label: t('balance.column.date'), share: 2.2 },
        { label: t('balance.column.what_for'), share: 5 },
        { label: t('balance.column.amount'), share: 2, numeric: true },
        { label: t('balance.column.balance_after'), share: 2.4, numeric: true },
      ],
      oldestFirst.map((entry) => [
        dayText(dayOf(entry.at, config.timeZone)),
        [t(`operation.${entry.kind}`), whatFor(entry)].filter(Boolean).join(' · '),
        moneyText(entry.amount),
        moneyText(entry.balanceAfter),
      ]),
    );
  });
}
