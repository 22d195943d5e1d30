import { z } from 'zod';
import { inTransaction } from '../../platform/db/transaction.ts';
import { updateAppearance, updatePreferences } from '../../domain/identity/update-user.ts';
import { getCustomer } from '../../domain/customers/customer-queries.ts';
import { getNotifications } from '../../domain/customers/notification-queries.ts';
import { NOTIFICATIONS } from '../../domain/customers/notifications.ts';
import { listSshKeys } from '../../domain/customers/ssh-keys.ts';
import { missingFields, PROFILE_FIELDS } from '../../domain/customers/profile.ts';
import { setAutoRenewal, updateProfile } from '../../domain/customers/update-profile.ts';
import { setFlash } from '../../web/flash.ts';
import { oneOrMore, parseForm } from '../../web/parse-request.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { kindChoices, type ParsedProfile, parseProfile, profileErrors, profileFormFields } from './profile-form.ts';

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
  setFlash(req, 'success', t('profile.flash.saved'));
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
  await inTransaction(db, async (trx) => {
    await updatePreferences(trx, viewer, {
      displayCurrency: shown?.code ?? null,
      notifications: form.notification ?? [],
    });
    if (form.locale) await updateAppearance(trx, viewer.userId, { locale: form.locale });
    if (viewer.rights.has('orders:settings')) await setAutoRenewal(trx, viewer.customerId, form.auto_renewal === 'on');
  });
  setFlash(req, 'success', t('profile.flash.preferences_saved'));
  res.redirect(303, '/profile');
}

async function renderProfile(context: CustomerRequest, parsed: ParsedProfile | null) {
  await renderPage(context, 'profile/profile', await profilePage(context, parsed), { status: parsed ? 422 : 200 });
}

async function profilePage(context: CustomerRequest, parsed: ParsedProfile | null) {
  const { db, rates, viewer, t } = context;
  const [customer, chosenNotifications, table, helpers, keys] = await Promise.all([
    getCustomer(db, viewer.customerId),
    getNotifications(db, viewer),
    rates.current(),
    context.helpers(),
    listSshKeys(db, viewer.customerId),
  ]);
  const accountCurrency = viewer.balance.currency;
  const fields = PROFILE_FIELDS.map(({ field }) => field);
  return {
    title: t('profile.title'),
    kinds: kindChoices(parsed?.typed.kind ?? customer.kind, helpers),
    fields: profileFormFields(fields, customer, parsed, helpers),
    errors: parsed ? profileErrors(parsed, helpers) : [],
    missing: missingFields(customer).map(helpers.profileField),
    email: viewer.email,
    accountCurrency,
    displayCurrency: viewer.displayCurrency ?? '',
    currencies: table.currencies.enabled.map(({ code }) => code).filter((code) => code !== accountCurrency),
    notifications: NOTIFICATIONS.map((subject) => ({
      type: 'checkbox' as const,
      name: 'notification',
      value: subject,
      checked: chosenNotifications.includes(subject),
      label: t(`terms.notification.${subject}`),
    })),
    autoRenewal: customer.autoRenewal,
    keyCount: keys.length,
  };
}
export type ProfilePage = PageOf<typeof profilePage>;
