import { z } from 'zod';
import { isLocale } from '../../platform/i18n/locale.ts';
import { findLatestQuote, type Quote } from '../../domain/rates/quote-queries.ts';
import type { Buyer } from '../../domain/invoices/buyer.ts';
import { getInvoiceForCustomer, type InvoiceDetails } from '../../domain/invoices/invoice-queries.ts';
import { isPayable } from '../../domain/invoices/invoice.ts';
import { listSuspensions, type Suspension } from '../../domain/orders/suspension-dates.ts';
import { parseId } from '../../web/parse-request.ts';
import { type Paper, sendPdf } from '../../web/rendering/paper.ts';
import type { ViewHelpers } from '../../web/rendering/view-helpers.ts';
import type { CustomerRequest } from '../../web/request-context.ts';

const Language = z.string().refine(isLocale).optional().catch(undefined);

/** The invoice as a document, before payment and after; in the reader's language, or in the one of `?locale=`. */
export async function downloadInvoice(context: CustomerRequest) {
  const { db, clock, req, res, viewer } = context;
  const id = parseId(req.params['id']);
  const invoice = await getInvoiceForCustomer(db, viewer.customerId, id, clock.today());
  const suspensions = isPayable(invoice.status) ? await listSuspensions(db, invoice) : [];
  const quote = invoice.kind === 'top_up' ? await findLatestQuote(db, invoice.id) : null;
  const locale = Language.parse(req.query['locale']) ?? context.locale;
  const helpers = await context.helpers(locale);
  const { t } = helpers;
  const title = t(invoice.kind === 'top_up' ? 'invoices.heading_top_up' : 'invoices.heading', {
    number: invoice.number,
  });
  await sendPdf(res, { name: invoice.number, title, t, locale }, (paper) =>
    write(paper, invoice, quote, suspensions, { ...helpers, title }),
  );
}

type Words = ViewHelpers & { title: string };

function write(paper: Paper, invoice: InvoiceDetails, quote: Quote | null, suspensions: Suspension[], words: Words) {
  const { t, dayText, momentText, moneyText } = words;
  const unpaid = isPayable(invoice.status);
  paper.heading(words.title, [
    `${t('invoices.issued_on')} ${momentText(invoice.issuedAt)}`,
    ...(unpaid && invoice.kind === 'service' ? [`${t('invoices.due_on')} ${dayText(invoice.dueOn)}`] : []),
    t(`invoice_status.${invoice.status}`),
  ]);
  paper.columns([
    { title: t('invoices.seller'), lines: [invoice.seller.name, invoice.seller.details].filter(Boolean) },
    { title: t('invoices.buyer'), lines: buyerLines(invoice.buyer, words) },
  ]);
  paper.table(
    [
      { label: t('invoices.line'), share: 5 },
      { label: t('invoices.period'), share: 3 },
      { label: t('invoices.column.amount'), share: 2, numeric: true },
    ],
    invoice.lines.map((line) => [lineText(line, words), periodText(line, words), moneyText(line.amount)]),
    [t('invoices.total'), '', moneyText(invoice.total)],
  );
  if (quote) paper.facts(quoteFacts(quote, words));
  for (const { orderId, suspendedOn, cancelledOn } of suspensions)
    paper.note(
      suspendedOn
        ? t('invoices.suspension_dates', {
            order: orderId,
            suspended: dayText(suspendedOn),
            cancelled: dayText(cancelledOn),
          })
        : t('invoices.cancellation_date', { order: orderId, cancelled: dayText(cancelledOn) }),
    );
  paper.note(settlement(invoice, words));
}

function buyerLines(buyer: Buyer, { t, country }: Words): string[] {
  const lines = [
    buyer.companyName,
    `${buyer.firstName} ${buyer.lastName}`.trim(),
    buyer.address,
    `${buyer.postalCode} ${buyer.city}`.trim(),
    country(buyer.country),
    buyer.registrationNumber,
    buyer.vatNumber,
  ].filter(Boolean);
  return lines.length > 0 ? lines : [t('invoices.customer_number', { id: buyer.customerId })];
}

type Line = InvoiceDetails['lines'][number];

function lineText({ kind, months, orderId, details }: Line, { t, locale }: Words): string {
  const what = t(`invoice_line.${kind}`, {
    plan: details.plan ?? '',
    option: details.option?.[locale] ?? '',
    count: months ?? 0,
  });
  const order = orderId === null ? [] : [t('orders.one', { id: orderId })];
  const second = [...order, details.hostname, details.ip].filter(Boolean).join(' · ');
  return second === '' ? what : `${what}\n${second}`;
}

function periodText({ periodFrom, periodTo, months }: Line, { t, dayText }: Words): string {
  if (periodFrom && periodTo) return `${dayText(periodFrom)} – ${dayText(periodTo)}`;
  return months === null ? '' : t('orders.months', { count: months });
}

/** What was promised for the payment, with its rate where there is one. */
function quoteFacts(quote: Quote, { t, moneyText, rate, dayText }: Words) {
  const { pay, credit } = quote;
  const sources = quote.rateSources.map((source) => t(`rate_source.${source}`)).join(', ');
  return [
    { label: t('top_up.you_pay'), value: moneyText(pay) },
    { label: t('top_up.credited'), value: moneyText(credit) },
    ...(pay.currency === credit.currency
      ? []
      : [
          {
            label: t('top_up.rate'),
            value: `1 ${pay.currency} = ${rate({ toFixed: () => quote.rate })} ${credit.currency} ${t('top_up.rate_of', { date: dayText(quote.rateDate), source: sources })}`,
          },
        ]),
  ];
}

function settlement(invoice: InvoiceDetails, { t, momentText, moneyText }: Words): string {
  if (invoice.paidAt) {
    const how = t(invoice.kind === 'top_up' ? 'invoices.paid_by_gateway' : 'invoices.paid_from_balance');
    return `${t('invoices.paid_on')} ${momentText(invoice.paidAt)}, ${how}`;
  }
  if (invoice.cancelledAt) return `${t('invoices.cancelled_on')} ${momentText(invoice.cancelledAt)}`;
  return t('pdf.to_pay', { amount: moneyText(invoice.total) });
}
