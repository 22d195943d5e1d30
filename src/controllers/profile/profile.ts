import { z } from 'zod';
import type { CustomerViewer } from '../../domain/identity/user-queries.ts';
import { updateAppearance, updatePreferences } from '../../domain/identity/user-queries.ts';
import type { Exchange } from '../../web/request-context.ts';
import { setFlash } from '../../web/flash.ts';
import { listHref } from '../../web/list-address.ts';
import { localPath, oneOrMore, parseForm } from '../../web/parse-request.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { renderPage } from '../../web/rendering/render-page.ts';
import { COUNTRIES } from '../../domain/customers/countries.ts';
import { NOTIFICATIONS } from '../../domain/customers/notifications.ts';
import { getCustomer } from '../../domain/customers/customer-queries.ts';
import { getNotifications } from '../../domain/customers/notification-queries.ts';
import { missingFields } from '../../domain/customers/profile.ts';
import { parseProfile, type ParsedProfile } from './profile-form.ts';
import { setAutoRenewal, updateProfile } from '../../domain/customers/update-profile.ts';

type CustomerExchange = Exchange<CustomerViewer>;

const ProfileFields = z.record(z.string(), z.unknown());

export async function showProfile(exchange: CustomerExchange) {
  const refused = refusedForm(exchange.req, '/profile', ProfileFields);
  await renderProfile(exchange, refused && parseProfile(refused.typed));
}

export async function submitProfile(exchange: CustomerExchange) {
  const { db, req, res, viewer, t } = exchange;
  const parsed = parseProfile(req.body);
  if (Object.keys(parsed.errors).length > 0) return renderProfile(exchange, parsed);
  await updateProfile(db, viewer.customerId, parsed.profile);
  setFlash(req, 'success', t('profile.saved_flash'));
  res.redirect(303, '/profile');
}

const ReturnTo = z.object({ return_to: z.string().optional().catch(undefined) });

/** The fields that are still missing, as a page of its own; without any, the payment that waits for them. */
export async function showCompletion(exchange: CustomerExchange) {
  const { db, req, res, viewer } = exchange;
  const returnTo = localPath(ReturnTo.parse(req.query).return_to, '/profile');
  const missing = missingFields(await getCustomer(db, viewer.customerId));
  if (missing.length === 0) return res.redirect(303, returnTo);
  const refused = refusedForm(req, '/profile/missing-fields', ProfileFields);
  await renderCompletion(exchange, refused && parseProfile(refused.typed, missing), returnTo);
}

/** Takes the missing fields on the spot and leads back to the same payment (rule P2). */
export async function completeProfile(exchange: CustomerExchange) {
  const { db, req, res, viewer, t } = exchange;
  const returnTo = localPath(parseForm(req.body, ReturnTo).return_to, '/profile');
  const customer = await getCustomer(db, viewer.customerId);
  const parsed = parseProfile(req.body, missingFields(customer));
  if (Object.keys(parsed.errors).length > 0) return renderCompletion(exchange, parsed, returnTo);
  await updateProfile(db, viewer.customerId, parsed.profile);
  setFlash(req, 'success', t('profile.completed_flash'));
  res.redirect(303, returnTo);
}

const Preferences = z.object({
  display_currency: z.string().regex(/^[A-Z]{3}$|^$/),
  notification: oneOrMore(z.enum(NOTIFICATIONS)).optional().catch([]),
  auto_renewal: z.enum(['on']).optional(),
  locale: z.enum(['en', 'ru']).optional(),
});

export async function submitPreferences(exchange: CustomerExchange) {
  const { db, req, res, rates, viewer, t } = exchange;
  const form = parseForm(req.body, Preferences);
  const { currencies } = await rates.current();
  const shown = currencies.enabled.find(({ code }) => code === form.display_currency);
  await updatePreferences(db, viewer.userId, {
    displayCurrency: shown?.code ?? null,
    notifications: form.notification ?? [],
  });
  if (form.locale) await updateAppearance(db, viewer.userId, { locale: form.locale });
  await setAutoRenewal(db, viewer.customerId, form.auto_renewal === 'on');
  setFlash(req, 'success', t('profile.preferences_flash'));
  res.redirect(303, '/profile');
}

async function renderProfile(exchange: CustomerExchange, parsed: ParsedProfile | null) {
  const { db, rates, viewer, t } = exchange;
  const [customer, notifications, table] = await Promise.all([
    getCustomer(db, viewer.customerId),
    getNotifications(db, viewer.userId),
    rates.current(),
  ]);
  await renderPage(
    exchange,
    'profile/profile',
    {
      title: t('profile.title'),
      values: { ...customer, ...parsed?.typed },
      errors: parsed?.errors ?? {},
      missing: missingFields(customer),
      countries: COUNTRIES,
      currencies: table.currencies.enabled.map(({ code }) => code),
      notifications: NOTIFICATIONS,
      chosenNotifications: notifications,
      autoRenewal: customer.autoRenewal,
    },
    { status: parsed ? 422 : 200 },
  );
}

async function renderCompletion(exchange: CustomerExchange, parsed: ParsedProfile | null, returnTo: string) {
  const { db, viewer, t } = exchange;
  const customer = await getCustomer(db, viewer.customerId);
  const profile = {
    missing: missingFields(customer),
    values: { ...customer, ...parsed?.typed },
    errors: parsed?.errors ?? {},
    returnTo,
    countries: COUNTRIES,
  };
  await renderPage(
    exchange,
    'profile/complete-profile',
    {
      title: t('profile.gate_title'),
      profile,
      here: listHref('/profile/missing-fields', {}, { return_to: returnTo }),
    },
    { status: parsed ? 422 : 200 },
  );
}
