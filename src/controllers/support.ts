import { z } from 'zod';
import { NotFound, type Refusal } from '../domain/errors.ts';
import { getInvoiceForCustomer } from '../domain/invoices/invoice-queries.ts';
import { getOrderForCustomer } from '../domain/orders/order-queries.ts';
import { listOrders } from '../domain/orders/order-list-queries.ts';
import { listInvoices } from '../domain/invoices/invoice-list-queries.ts';
import { writeToSupport } from '../domain/notifications/write-to-support.ts';
import { setFlash } from '../web/flash.ts';
import { parseForm } from '../web/parse-request.ts';
import { refusalToShow } from '../web/refusal-to-show.ts';
import { refusedForm } from '../web/refused-form.ts';
import { type PageOf, renderPage } from '../web/rendering/render-page.ts';
import type { CustomerRequest } from '../web/request-context.ts';

const MOST_CHARACTERS = 5000;
/** What can be chosen from; whatever is older is named in the message. */
const ORDERS_OFFERED = 100;
const INVOICES_OFFERED = 50;

/** `about` is `order-10055`, `invoice-281`, or empty. */
const Message = z.object({ about: z.string().max(40).catch(''), message: z.string().max(100_000) });
type SentMessage = z.infer<typeof Message>;

interface RefusedMessage {
  typed: SentMessage;
  refusal: Refusal | null;
}

/** The form that writes to support; a link can say what it is about. */
export async function showSupport(context: CustomerRequest) {
  const { req } = context;
  const refused = refusedForm(req, '/support', Message);
  const { order, invoice } = req.query;
  const about = typeof order === 'string' ? `order-${order}` : typeof invoice === 'string' ? `invoice-${invoice}` : '';
  await renderSupport(context, refused?.typed ?? { about, message: '' }, refused);
}

/** Sends the message, and leads back to what it is about. */
export async function submitSupport(context: CustomerRequest) {
  const { req, res, db, clock, config, locale, viewer, t } = context;
  const typed = parseForm(req.body, Message);
  const text = readText(typed.message);
  if (text === null) return renderSupport(context, typed, { typed, refusal: null });
  const { orders, invoices } = await subjectsOf(context, typed.about);
  const order = orders.find(({ id }) => typed.about === `order-${id}`);
  const invoice = invoices.find(({ id }) => typed.about === `invoice-${id}`);
  const { customerId, userId, name, email } = viewer;
  try {
    await writeToSupport(db, clock, config.supportEmail, {
      customerId,
      userId,
      locale,
      name,
      email,
      text,
      ...(order && { order: { id: order.id, plan: order.plan, hostname: order.hostname } }),
      ...(invoice && { invoice: { id: invoice.id, number: invoice.number } }),
    });
  } catch (error) {
    return renderSupport(context, typed, { typed, refusal: refusalToShow(error) });
  }
  setFlash(req, 'success', t('support.flash.sent', { email }));
  res.redirect(303, order ? `/orders/${order.id}` : invoice ? `/invoices/${invoice.id}` : '/support');
}

/** With its line breaks, and no other control characters; null where it is empty or too long. */
function readText(message: string): string | null {
  const text = message
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .trim();
  return text === '' || text.length > MOST_CHARACTERS ? null : text;
}

interface Subjects {
  orders: { id: number; plan: string; hostname: string }[];
  invoices: { id: number; number: string }[];
}

/** The latest orders and invoices of the customer, and the one that is asked about. */
async function subjectsOf({ db, clock, config, viewer }: CustomerRequest, about: string): Promise<Subjects> {
  const { customerId } = viewer;
  const today = clock.today();
  const latest = { dir: 'desc', offset: 0 } as const;
  const [orders, invoices] = await Promise.all([
    listOrders(db, { customerId, q: '' }, today, { ...latest, sort: 'id', limit: ORDERS_OFFERED }),
    listInvoices(db, { customerId, timeZone: config.timeZone, q: '' }, today, {
      ...latest,
      sort: 'issued',
      limit: INVOICES_OFFERED,
    }),
  ]);
  const [, kind, id] = /^(order|invoice)-([1-9]\d{0,14})$/.exec(about) ?? [];
  const named = Number(id);
  if (kind === 'order' && !orders.some((order) => order.id === named))
    return { orders: [...(await mine(getOrderForCustomer(db, customerId, named, today))), ...orders], invoices };
  if (kind === 'invoice' && !invoices.some((invoice) => invoice.id === named))
    return { orders, invoices: [...(await mine(getInvoiceForCustomer(db, customerId, named, today))), ...invoices] };
  return { orders, invoices };
}

/** None where it is missing, or another customer's. */
async function mine<T>(found: Promise<T>): Promise<T[]> {
  try {
    return [await found];
  } catch (error) {
    if (error instanceof NotFound) return [];
    throw error;
  }
}

async function renderSupport(context: CustomerRequest, typed: SentMessage, refused: RefusedMessage | null) {
  await renderPage(context, 'support', await supportPage(context, typed, refused), { status: refused ? 422 : 200 });
}

async function supportPage(context: CustomerRequest, typed: SentMessage, refused: RefusedMessage | null) {
  const { config, viewer, t, locale } = context;
  const { orders, invoices } = await subjectsOf(context, typed.about);
  const invalid = refused !== null && refused.refusal === null;
  return {
    title: t('support.title'),
    typed,
    // Without a mail server nothing would arrive.
    canSend: config.smtpUrl !== undefined || !config.production,
    email: viewer.email,
    supportEmail: config.supportEmail,
    text: config.supportText?.[locale] || config.supportText?.['en'] || null,
    subjects: [
      { value: '', label: t('support.about_nothing') },
      ...orders.map(({ id, plan, hostname }) => ({
        value: `order-${id}`,
        label: [t('common.order_number', { id }), plan, hostname].filter(Boolean).join(' · '),
      })),
      ...invoices.map(({ id, number }) => ({ value: `invoice-${id}`, label: `${t('common.invoice')} ${number}` })),
    ],
    error: invalid ? t('support.message_needed', { most: MOST_CHARACTERS }) : null,
    refusal: refused?.refusal ?? null,
  };
}
export type SupportPage = PageOf<typeof supportPage>;
