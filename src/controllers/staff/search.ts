import { exactHit, FOUND_SHOWN, findEverything, type Found } from '../../domain/desk/search-queries.ts';
import { z } from 'zod';
import { listFields, listHref } from '../../web/list-address.ts';
import { markup, type SafeHtml } from '../../web/rendering/html.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { ViewHelpers } from '../../web/rendering/view-helpers.ts';
import type { StaffRequest } from '../../web/request-context.ts';

const { q } = listFields(['id'], 'id', 'desc');
/** `live` asks for the results as one types: nothing is opened by itself. */
const Query = z.object({ q, live: z.literal('1').optional().catch(undefined) });

/** Whatever a number, a name, an address or a reference belongs to. An exact number is opened at once. */
export async function showSearch(context: StaffRequest) {
  const query = Query.parse(context.req.query);
  const { db, clock, config, viewer, res } = context;
  const found = await findEverything(db, query.q, {
    rights: viewer.rights,
    clock,
    timeZone: config.timeZone,
  });
  const exact = query.live ? null : exactHit(found, query.q);
  if (exact) return res.redirect(303, exact);
  await renderPage(context, 'staff/search', await searchPage(context, query.q, found));
}

/** A group of what was found, with the list that has all of it. */
interface FoundGroup {
  group: keyof Found;
  hits: Hit[];
  /** The list with all of them; null where these are all. */
  all: string | null;
}

/** One of what was found. */
interface Hit {
  href: string;
  id: string;
  text: SafeHtml;
  aside: SafeHtml | string;
}

async function searchPage(context: StaffRequest, typed: string, found: Found) {
  const helpers = await context.helpers();
  const { t } = context;
  return {
    title: typed === '' ? t('staff.search.title') : t('staff.search.title_of', { q: typed }),
    q: typed,
    groups: groupsOf(found, typed, helpers),
  };
}
export type SearchPage = PageOf<typeof searchPage>;

function groupsOf(found: Found, typed: string, helpers: ViewHelpers): FoundGroup[] {
  const { t, nameOf, addressState, money, orderStatus, invoiceStatus, paymentState, staffRoleText, methodText } =
    helpers;
  const marked = (...parts: string[]) => highlighted(parts.filter(Boolean).join(' · '), typed);
  const group = <K extends keyof Found>(name: K, path: string, toHit: (item: Found[K][number]) => Hit): FoundGroup => ({
    group: name,
    hits: (found[name] as Found[K][number][]).slice(0, FOUND_SHOWN).map(toHit),
    all: found[name].length > FOUND_SHOWN ? listHref(path, {}, { q: typed }) : null,
  });
  return [
    group('customers', '/staff/customers', (customer) => ({
      href: `/staff/customers/${customer.id}`,
      id: String(customer.id),
      text: marked(customer.name, customer.email),
      aside: money(customer.balance),
    })),
    group('users', '/staff/users', (user) => ({
      href: user.customers[0]
        ? `/staff/customers/${user.customers[0].id}`
        : listHref('/staff/users', {}, { q: user.email }),
      id: '',
      text: marked(user.email, user.customers.map(({ name }) => name).join(', ')),
      aside: user.role ? staffRoleText(user.role) : '',
    })),
    group('orders', '/staff/orders', (order) => ({
      href: `/staff/orders/${order.id}`,
      id: String(order.id),
      text: marked(order.plan, order.hostname, order.ip ?? '', order.customer),
      aside: orderStatus(order),
    })),
    group('invoices', '/staff/invoices', (invoice) => ({
      href: `/staff/invoices/${invoice.id}`,
      id: invoice.number,
      text: markup`${money(invoice.total)} · ${marked(invoice.customer)}`,
      aside: invoiceStatus(invoice),
    })),
    group('payments', '/staff/payments', (payment) => ({
      href: `/staff/payments/${payment.id}`,
      id: payment.invoice.number,
      text: markup`${money(payment.asked)} · ${marked(methodText(payment.gateway), payment.reference, payment.customer)}`,
      aside: paymentState(payment.state),
    })),
    group('addresses', '/staff/networks', ({ address, networkId, cidr, location, state }) => ({
      href: `/staff/networks/${networkId}`,
      id: address,
      text: marked(cidr, nameOf(location)),
      aside: state === null ? t('staff.networks.reserved') : addressState(state),
    })),
  ].filter(({ hits }) => hits.length > 0);
}

/** A text with the first place that was typed marked. */
function highlighted(text: string, typed: string): SafeHtml {
  const at = text.toLowerCase().indexOf(typed.toLowerCase());
  if (typed === '' || at === -1) return markup`${text}`;
  const end = at + typed.length;
  return markup`${text.slice(0, at)}<mark>${text.slice(at, end)}</mark>${text.slice(end)}`;
}
