import type { Quote } from '../../domain/rates/quote-queries.ts';
import type { Buyer } from '../../domain/invoices/buyer.ts';
import type { InvoiceDetails } from '../../domain/invoices/invoice-queries.ts';
import type { Suspension } from '../../domain/orders/suspension-dates.ts';
import type { Texts } from '../../web/rendering/texts.ts';

/** What an invoice says, on the page and in the document. */

export const headingOf = ({ kind, number }: InvoiceDetails, { t }: Texts) =>
  kind === 'top_up' ? t('invoices.document.heading_top_up', { number }) : t('invoices.document.heading', { number });

/** Name and address, a line each; none while nothing is known. */
export const buyerLines = (buyer: Buyer, { countryName }: Texts): string[] =>
  [
    buyer.companyName,
    `${buyer.firstName} ${buyer.lastName}`.trim(),
    buyer.address,
    `${buyer.postalCode} ${buyer.city}`.trim(),
    countryName(buyer.country),
    buyer.registrationNumber,
    buyer.vatNumber,
  ].filter(Boolean);

type InvoiceLine = InvoiceDetails['lines'][number];

export const lineText = ({ kind, months, details }: InvoiceLine, { t, locale }: Texts): string =>
  details.options
    ? t('terms.invoice_line.options_added', { plan: details.plan ?? '', options: details.options[locale] ?? '' })
    : t(`terms.invoice_line.${kind}`, {
        plan: details.plan ?? '',
        option: details.option?.[locale] ?? '',
        count: months ?? 0,
      });

export const suspensionText = ({ orderId: order, suspendedOn, cancelledOn }: Suspension, { t, dayText }: Texts) => {
  const cancelled = dayText(cancelledOn);
  return suspendedOn
    ? t('invoices.document.suspension_dates', { order, suspended: dayText(suspendedOn), cancelled })
    : t('invoices.document.cancellation_date', { order, cancelled });
};

/** The rate of a quote: decimal text. */
export const quotedRate = (quote: Quote, { rateText }: Texts) => rateText({ toFixed: () => quote.rate });
