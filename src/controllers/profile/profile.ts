import { z } from 'zod';
import { updateAppearance, updatePreferences } from '../../domain/identity/update-user.ts';
import { COUNTRIES } from '../../domain/customers/countries.ts';
import { getCustomer } from '../../domain/customers/customer-queries.ts';
import { getNotifications } from '../../domain/customers/notification-queries.ts';
import { NOTIFICATIONS } from '../../domain/customers/notifications.ts';
import { missingFields } from '../../domain/customers/profile.ts';
import { setAutoRenewal, updateProfile } from '../../domain/customers/update-profile.ts';
import { setFlash } from '../../web/flash.ts';
import { oneOrMore, parseForm } from '../../web/parse-request.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { type ParsedProfile, parseProfile } from './profile-form.ts';

/** Of a refused form: which fields there are is for the parser to say. */
export const ProfileFields = z.record(z.string(), z.unknown());

export async function showProfile(context: CustomerRequest) {
  const refused = refusedForm(context.req, '/profile', ProfileFields);
  await renderProfile(context, refused && parseProfile(refused.typed));
}

export async function submitProfile(context: CustomerRequest) {
  const { db, req, res, viewer, t } = context;
  const parsed = parseProfile(req.body);
  if (Object.keys(parsed.errors).length > 0) return renderProfile(context, parsed);
  await updateProfile(db, viewer.customerId, parsed.profile);
  setFlash(req, 'success', t('profile.saved_flash'));
  res.redirect(303, '/profile');
}

const Preferences = z.object({
  display_currency: z.string().regex(/^[A-Z]{3}$|^$/),
  notification: oneOrMore(z.enum(NOTIFICATIONS)).optional().catch([]),
  auto_renewal: z.enum(['on']).optional(),
  locale: z.enum(['en', 'ru']).optional(),
});

export async function submitPreferences(context: CustomerRequest) {
  const { db, req, res, rates, viewer, t } = context;
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

async function renderProfile(context: CustomerRequest, parsed: ParsedProfile | null) {
  const { db, rates, viewer, t } = context;
  const [customer, notifications, table] = await Promise.all([
    getCustomer(db, viewer.customerId),
    getNotifications(db, viewer.userId),
    rates.current(),
  ]);
  await renderPage(
    context,
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
