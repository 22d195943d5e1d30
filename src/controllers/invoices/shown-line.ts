import type { InvoiceDetails } from '../../domain/invoices/invoice-queries.ts';
import type { ViewHelpers } from '../../web/rendering/view-helpers.ts';
import { lineText } from './invoice-texts.ts';

/** A line of an invoice as a page shows it: what for, and for which server. */
export type ShownInvoiceLine = InvoiceDetails['lines'][number] & { text: string; host: string };

export const shownLine = (line: InvoiceDetails['lines'][number], helpers: ViewHelpers): ShownInvoiceLine => ({
  ...line,
  text: lineText(line, helpers),
  host: [line.details.hostname, line.details.ip].filter(Boolean).join(' · '),
});
