import { z } from 'zod';
import { isIP } from 'node:net';
import type { Refusal } from '../../domain/errors.ts';
import { getOwner } from '../../domain/desk/owner-queries.ts';
import { listFurtherAddresses } from '../../domain/networks/network-queries.ts';
import { getOrderForCustomer } from '../../domain/orders/order-queries.ts';
import { type AddressChange, changeOrderAddresses } from '../../domain/staff/change-addresses.ts';
import { setFlash } from '../../web/flash.ts';
import { parseId } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import {
  choiceField,
  type FieldReader,
  readForm,
  reasonField,
  shownFields,
  summaryOf,
  type TypedForm,
  untouched,
} from '../../web/typed-form.ts';

const KINDS = ['replace', 'add', 'add_subnet', 'remove'] as const;
type FieldName = 'change' | 'ip' | 'reason';
const Sent = z.record(z.string(), z.unknown());

/** The addresses of a server, and what can be done about them. */
export async function showOrderAddress(context: StaffRequest) {
  const refused = refusedForm(context.req, '/staff/orders/:id/address', Sent);
  const form = refused ? readChange(refused.typed).form : untouched({ change: 'replace', ip: '', reason: '' });
  await renderOrderAddress(context, form, refused?.refusal ?? null);
}

export async function submitOrderAddress(context: StaffRequest) {
  const { req, res, db, clock, viewer, t } = context;
  const orderId = parseId(req.params['id']);
  const { form, change, reason } = readChange(req.body);
  if (!change) return renderOrderAddress(context, form, null, 422);
  try {
    await changeOrderAddresses(db, clock, { by: viewer.userId, orderId, change, reason });
  } catch (error) {
    return renderOrderAddress(context, form, refusalToShow(error), 422);
  }
  setFlash(req, 'success', t('staff.address.flash.changed', { id: orderId }));
  res.redirect(303, `/staff/orders/${orderId}`);
}

function readChange(body: unknown): { form: TypedForm<FieldName>; change: AddressChange | null; reason: string } {
  const sent = (body ?? {}) as Record<string, unknown>;
  const kind = KINDS.find((each) => each === sent['change']);
  const form = readForm(sent, { change: choiceField(KINDS), ip: addressField(kind), reason: reasonField });
  const { values } = form;
  return { form, change: values && changeOf(values.change, values.ip), reason: values?.reason ?? '' };
}

function changeOf(kind: (typeof KINDS)[number], ip: string): AddressChange {
  switch (kind) {
    case 'add':
      return { kind, ip: ip || null };
    case 'add_subnet':
      return { kind };
    case 'replace':
    case 'remove':
      return { kind, ip };
  }
}

/** An address; of a removal it may be a /64. */
const addressField =
  (kind: (typeof KINDS)[number] | undefined): FieldReader<string> =>
  (typed) => {
    if (typed === '' && (kind === 'add' || kind === 'add_subnet')) return { value: '' };
    const address = kind === 'remove' ? typed.replace(/(:.*)\/64$/, '$1') : typed;
    const isAddress = isIP(address) !== 0 && !typed.includes('%') && (kind !== 'add' || isIP(address) === 4);
    return isAddress ? { value: typed } : { fault: { key: 'ip' } };
  };

async function renderOrderAddress(
  context: StaffRequest,
  form: TypedForm<FieldName>,
  refusal: Refusal | null,
  status = 200,
) {
  await renderPage(context, 'staff/order-address', await orderAddressPage(context, form, refusal), { status });
}

async function orderAddressPage(
  { db, clock, req, t }: StaffRequest,
  form: TypedForm<FieldName>,
  refusal: Refusal | null,
) {
  const orderId = parseId(req.params['id']);
  const owner = await getOwner(db, 'orders', orderId);
  const [order, further] = await Promise.all([
    getOrderForCustomer(db, owner.customerId, orderId, clock.today()),
    listFurtherAddresses(db, orderId),
  ]);
  const fields = shownFields(
    form,
    { change: t('staff.address.change'), ip: t('terms.order_field.ip'), reason: t('common.reason') },
    t,
  );
  return {
    title: t('staff.address.title', { id: orderId }),
    order,
    owner,
    further,
    fields,
    changes: KINDS.map((kind) => ({ value: kind, label: t(`staff.address.kind.${kind}`) })),
    refusal,
    errors: summaryOf(fields),
  };
}
export type OrderAddressPage = PageOf<typeof orderAddressPage>;
