import { z } from 'zod';
import { type Customer, getCustomer } from '../../domain/customers/customer-queries.ts';
import { missingFields } from '../../domain/customers/profile.ts';
import { updateProfile } from '../../domain/customers/update-profile.ts';
import { setFlash } from '../../web/flash.ts';
import { listHref } from '../../web/list-address.ts';
import { localPath, parseForm } from '../../web/parse-request.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { type ParsedProfile, parseProfile } from './profile-form.ts';
import { gateWith } from './profile-gate.ts';
import { ProfileFields } from './profile.ts';

const ReturnTo = z.object({ return_to: z.string().optional().catch(undefined) });

/** The fields that are still missing, as a page of its own; without any, the payment that waits for them. */
export async function showMissingFields(context: CustomerRequest) {
  const { db, req, res, viewer } = context;
  const returnTo = localPath(ReturnTo.parse(req.query).return_to, '/profile');
  const customer = await getCustomer(db, viewer.customerId);
  const missing = missingFields(customer);
  if (missing.length === 0) return res.redirect(303, returnTo);
  const refused = refusedForm(req, '/profile/missing-fields', ProfileFields);
  await renderCompletion(context, refused && parseMissing(customer, refused.typed), returnTo);
}

/** Takes the missing fields on the spot and leads back to the same payment (rule P2). */
export async function submitMissingFields(context: CustomerRequest) {
  const { db, req, res, viewer, t } = context;
  const returnTo = localPath(parseForm(req.body, ReturnTo).return_to, '/profile');
  const customer = await getCustomer(db, viewer.customerId);
  const parsed = parseMissing(customer, req.body);
  if (Object.keys(parsed.errors).length > 0) return renderCompletion(context, parsed, returnTo);
  await updateProfile(db, viewer.customerId, parsed.profile);
  setFlash(req, 'success', t('profile.flash.completed'));
  res.redirect(303, returnTo);
}

/** Reads the form; what is missing depends on whether a person or a company fills it in. */
function parseMissing(customer: Customer, body: unknown): ParsedProfile {
  const { kind = customer.kind } = parseProfile(body).profile;
  const sent = (body ?? {}) as Record<string, unknown>;
  const vat = typeof sent['vat_number'] === 'string' ? sent['vat_number'] : customer.vatNumber;
  return parseProfile(body, missingFields({ ...customer, kind, vatNumber: vat }));
}

async function renderCompletion(context: CustomerRequest, parsed: ParsedProfile | null, returnTo: string) {
  const page = await completionPage(context, parsed, returnTo);
  await renderPage(context, 'profile/complete-profile', page, { status: parsed ? 422 : 200 });
}

async function completionPage(context: CustomerRequest, parsed: ParsedProfile | null, returnTo: string) {
  const { db, viewer, t } = context;
  const customer = await getCustomer(db, viewer.customerId);
  return {
    title: t('profile.gate.title'),
    profile: gateWith(customer, missingFields(customer), parsed, returnTo, await context.helpers()),
    here: listHref('/profile/missing-fields', {}, { return_to: returnTo }),
  };
}
export type CompletionPage = PageOf<typeof completionPage>;
