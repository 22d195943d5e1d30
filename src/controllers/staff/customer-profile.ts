import { getCustomer } from '../../domain/customers/customer-queries.ts';
import { nameOf, PROFILE_FIELDS } from '../../domain/customers/profile.ts';
import { correctProfile } from '../../domain/staff/manage-customer.ts';
import { setFlash } from '../../web/flash.ts';
import { parseId, text } from '../../web/parse-request.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import {
  kindChoices,
  type ParsedProfile,
  parseProfile,
  profileErrors,
  profileFormFields,
} from '../profile/profile-form.ts';
import { ProfileFields } from '../profile/profile.ts';

const Reason = text(500);

/** Corrects what a customer has said of themselves. */
export async function showCustomerProfile(context: StaffRequest) {
  const refused = refusedForm(context.req, '/staff/customers/:id/profile', ProfileFields);
  await renderCustomerProfile(context, refused && readForm(refused.typed));
}

/** What changed is in the audit log, with the reason. */
export async function submitCustomerProfile(context: StaffRequest) {
  const { req, res, db, clock, viewer, t } = context;
  const customerId = parseId(req.params['id']);
  const form = readForm((req.body ?? {}) as Record<string, unknown>);
  if (form.reason === '' || Object.keys(form.parsed.errors).length > 0) return renderCustomerProfile(context, form);
  const { parsed, reason } = form;
  await correctProfile(db, clock, { by: viewer.userId, customerId, profile: parsed.profile, reason });
  setFlash(req, 'success', t('profile.flash.saved'));
  res.redirect(303, `/staff/customers/${customerId}`);
}

interface SentForm {
  parsed: ParsedProfile;
  /** '' where none was given, or one that cannot be kept. */
  reason: string;
}

function readForm(body: Record<string, unknown>): SentForm {
  const { reason, ...fields } = body;
  const read = Reason.safeParse(reason);
  return { parsed: parseProfile(fields), reason: read.success ? read.data : '' };
}

async function renderCustomerProfile(context: StaffRequest, form: SentForm | null) {
  const page = await customerProfilePage(context, form);
  await renderPage(context, 'staff/customer-profile', page, { status: form ? 422 : 200 });
}

async function customerProfilePage(context: StaffRequest, form: SentForm | null) {
  const { req, db, t } = context;
  const customer = await getCustomer(db, parseId(req.params['id']));
  const helpers = await context.helpers();
  const fields = PROFILE_FIELDS.map(({ field }) => field);
  const reasonMissing = form !== null && form.reason === '';
  return {
    title: t('staff.customer.correct_profile'),
    customerId: customer.id,
    name: nameOf(customer) || `#${customer.id}`,
    kinds: kindChoices(form?.parsed.typed.kind ?? customer.kind, helpers),
    fields: profileFormFields(fields, customer, form?.parsed ?? null, helpers),
    reason: form?.reason ?? '',
    reasonError: reasonMissing ? t('errors.field.reason') : null,
    errors: [
      ...(form ? profileErrors(form.parsed, helpers) : []),
      ...(reasonMissing ? [{ href: '#reason', text: t('errors.field.reason') }] : []),
    ],
  };
}
export type CustomerProfilePage = PageOf<typeof customerProfilePage>;
