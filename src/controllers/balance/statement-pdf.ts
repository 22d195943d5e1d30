import { dayOf } from '../../platform/clock.ts';
import { PeriodTooLong } from '../../domain/errors.ts';
import { Money } from '../../domain/money/money.ts';
import { getStatementTotals, listStatement } from '../../domain/ledger/statement-queries.ts';
import { getCustomer } from '../../domain/customers/customer-queries.ts';
import { sendPdf } from '../../web/rendering/pdf-document.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { statementFilterOf, whatFor } from './statement.ts';

/** About eighty pages; who wants more of them at once wants the CSV. */
const MOST_OPERATIONS = 2_000;

/** The statement of a period as a document, oldest first, with the balance before and after it. */
export async function downloadStatementPdf(context: CustomerRequest) {
  const { db, clock, res, config, viewer, locale, t } = context;
  const { query, filter } = statementFilterOf(context);
  const { found, credited, debited } = await getStatementTotals(db, filter);
  if (found > MOST_OPERATIONS) throw new PeriodTooLong({ count: found, limit: MOST_OPERATIONS });
  const [entries, customer, helpers] = await Promise.all([
    listStatement(db, filter, { limit: MOST_OPERATIONS, offset: 0 }),
    getCustomer(db, viewer.customerId),
    context.helpers(),
  ]);
  const { moneyText, dayText, serviceText } = helpers;
  const oldestFirst = entries.toReversed();
  const [first, last] = [oldestFirst[0], oldestFirst.at(-1)];
  const { currency } = viewer.balance;
  const title = t('common.statement');
  const days = [query.from, query.to ?? clock.today()].filter(Boolean).join('-');
  await sendPdf(res, { name: `statement-${customer.id}-${days}-${locale}`, title, t, locale }, (pdf) => {
    pdf.heading(title, [
      [customer.companyName, `${customer.firstName} ${customer.lastName}`.trim()].filter(Boolean).join(', '),
      t('common.customer_number', { id: customer.id }),
      ...(query.from || query.to ? [] : [t('pdf.all_operations')]),
      ...(query.from ? [`${t('common.list.from_day')} ${dayText(query.from)}`] : []),
      ...(query.to ? [`${t('common.list.to_day')} ${dayText(query.to)}`] : []),
      ...(query.kind ? [t(`terms.operation.${query.kind}`)] : []),
      ...(query.q ? [`«${query.q}»`] : []),
    ]);
    if (!first || !last) return pdf.note(t('balance.statement.empty.nothing_found'));
    if (!query.kind && !query.q)
      pdf.facts([
        { label: t('pdf.balance_before'), value: moneyText(first.balanceAfter.minus(first.amount)) },
        { label: t('pdf.balance_after'), value: moneyText(last.balanceAfter) },
        { label: t('pdf.total_in'), value: moneyText(Money.of(credited, currency)) },
        { label: t('pdf.total_out'), value: moneyText(Money.of(debited, currency)) },
        { label: t('common.currency'), value: currency },
      ]);
    pdf.table(
      [
        { label: t('terms.operation_field.date') },
        { label: t('terms.operation_field.what_for'), takesRest: true },
        { label: t('terms.operation_field.amount'), numeric: true },
        { label: t('terms.operation_field.balance_after'), numeric: true },
      ],
      oldestFirst.map((entry) => [
        dayText(dayOf(entry.at, config.timeZone)),
        [t(`terms.operation.${entry.kind}`), whatFor(entry), entry.service && serviceText(entry.service)]
          .filter(Boolean)
          .join(' · '),
        entry.amount.isPositive ? `+${moneyText(entry.amount)}` : moneyText(entry.amount),
        moneyText(entry.balanceAfter),
      ]),
    );
  });
}
