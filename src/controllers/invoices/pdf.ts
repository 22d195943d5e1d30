import { z } from 'zod';
import { isLocale } from '../../platform/i18n/locale.ts';
import { findLatestQuote, type Quote } from '../../domain/rates/quote-queries.ts';
import { getInvoiceForCustomer, type InvoiceDetails } from '../../domain/invoices/invoice-queries.ts';
import { isPayable } from '../../domain/invoices/invoice.ts';
import { listSuspensions, type Suspension } from '../../domain/orders/suspension-dates.ts';
import { parseId } from '../../web/parse-request.ts';
import { type PdfDocument, sendPdf } from '../../web/rendering/pdf-document.ts';
import type { Texts } from '../../web/rendering/texts.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { buyerLines, headingOf, lineText, quotedRate, suspensionText } from './invoice-texts.ts';

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
  const title = headingOf(invoice, helpers);
  await sendPdf(res, { name: `${invoice.number}-${locale}`, title, t: helpers.t, locale }, (pdf) =>
    writeInvoice(pdf, { invoice, quote, suspensions }, helpers),
  );
}

interface InvoiceDocument {
  invoice: InvoiceDetails;
  quote: Quote | null;
  suspensions: Suspension[];
}

function writeInvoice(pdf: PdfDocument, { invoice, quote, suspensions }: InvoiceDocument, texts: Texts) {
  const { t, dayText, dateTimeText, moneyText } = texts;
  const isDue = isPayable(invoice.status) && invoice.kind === 'service';
  const buyer = buyerLines(invoice.buyer, texts);
  pdf.heading(headingOf(invoice, texts), [
    t('invoices.document.issued_on', { day: dateTimeText(invoice.issuedAt) }),
    ...(isDue ? [t('invoices.document.due_on', { day: dayText(invoice.dueOn) })] : []),
    t(`terms.invoice_status.${invoice.status}`),
  ]);
  pdf.columns([
    { title: t('invoices.document.seller'), lines: [invoice.seller.name, invoice.seller.details].filter(Boolean) },
    {
      title: t('invoices.document.buyer'),
      lines: buyer.length > 0 ? buyer : [t('common.customer_number', { id: invoice.buyer.customerId })],
    },
  ]);
  pdf.table(
    [
      { label: t('invoices.document.line'), takesRest: true },
      { label: t('invoices.document.period') },
      { label: t('terms.invoice_field.amount'), numeric: true },
    ],
    invoice.lines.map((line) => [whatFor(line, texts), periodText(line, texts), moneyText(line.amount)]),
    [t('common.total'), '', moneyText(invoice.total)],
  );
  if (quote) pdf.facts(quoteFacts(quote, texts, invoice.status === 'paid'));
  for (const suspension of suspensions) pdf.note(suspensionText(suspension, texts));
  pdf.note(settlement(invoice, texts));
}

type Line = InvoiceDetails['lines'][number];

/** What a line is for, and below it the order and its host. */
function whatFor(line: Line, texts: Texts): string {
  const { orderId, details } = line;
  const order = orderId === null ? [] : [texts.t('common.order_number', { id: orderId })];
  const below = [...order, details.hostname, details.ip].filter(Boolean).join(' · ');
  return [lineText(line, texts), below].filter(Boolean).join('\n');
}

function periodText({ periodFrom, periodTo, months }: Line, { t, dayText }: Texts): string {
  if (periodFrom && periodTo) return `${dayText(periodFrom)} – ${dayText(periodTo)}`;
  return months === null ? '' : t('common.months', { count: months });
}

/** What was promised for the payment, with its rate where there is one. */
function quoteFacts(quote: Quote, texts: Texts, isPaid: boolean) {
  const { t, moneyText, ratesText } = texts;
  const { pay, credit } = quote;
  const facts = [
    { label: isPaid ? t('common.you_paid') : t('common.you_pay'), value: moneyText(pay) },
    { label: isPaid ? t('common.credited') : t('common.credited_to_balance'), value: moneyText(credit) },
  ];
  if (pay.currency === credit.currency) return facts;
  const source = t('invoices.document.rate_source', { rates: ratesText(quote.rates) });
  const value = `1 ${pay.currency} = ${quotedRate(quote, texts)} ${credit.currency} ${source}`;
  return [...facts, { label: t('invoices.document.rate'), value }];
}

function settlement(invoice: InvoiceDetails, { t, dateTimeText, moneyText }: Texts): string {
  if (invoice.paidAt) {
    const day = dateTimeText(invoice.paidAt);
    return invoice.kind === 'top_up'
      ? t('invoices.document.paid_by_gateway', { day })
      : t('invoices.document.paid_from_balance', { day });
  }
  if (invoice.cancelledAt) return t('invoices.document.cancelled_on', { day: dateTimeText(invoice.cancelledAt) });
  return t('pdf.to_pay', { amount: moneyText(invoice.total) });
}
