import { z } from 'zod';
import { EmailTaken, type Refusal } from '../../domain/errors.ts';
import { listPricedCurrencies } from '../../domain/catalog/priced-currencies-queries.ts';
import { COUNTRIES } from '../../domain/customers/countries.ts';
import { createCustomerByStaff } from '../../domain/staff/manage-customer.ts';
import { setFlash } from '../../web/flash.ts';
import { isAddress, parseForm } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import { countryOptions, kindChoices } from '../profile/profile-form.ts';

const Form = z.object({
  email: z.string().max(1000).catch(''),
  kind: z.enum(['person', 'company']).catch('person'),
  country: z.string().max(10).catch(''),
  currency: z.string().max(10).catch(''),
  language: z.enum(['en', 'ru']).catch('en'),
});
type SentForm = z.infer<typeof Form>;
/** Opens an account for somebody. */
export async function showNewCustomer(context: StaffRequest) {
  const refused = refusedForm(context.req, '/staff/customers', Form);
  const empty: SentForm = { email: '', kind: 'person', country: '', currency: '', language: context.locale };
  await renderNewCustomer(context, refused?.typed ?? empty, refused?.refusal ?? null, refused !== null);
}

/** They get a link to choose a password. */
export async function submitNewCustomer(context: StaffRequest) {
  const { req, res, db, config, viewer, t } = context;
  const sent = { ...parseForm(req.body, Form) };
  sent.email = sent.email.trim();
  const currencies = await listPricedCurrencies(db);
  if (Object.keys(faultsOf(sent, currencies)).length > 0) return renderNewCustomer(context, sent, null, true);
  try {
    const { language: locale, ...rest } = sent;
    const by = viewer.userId;
    const id = await createCustomerByStaff(context, { ...rest, locale, by, seller: config.seller.name });
    setFlash(req, 'success', t('staff.customer.flash.created', { email: sent.email }));
    res.redirect(303, `/staff/customers/${id}`);
  } catch (error) {
    await renderNewCustomer(context, sent, refusalToShow(error), true);
  }
}

const faultsOf = (sent: SentForm, currencies: string[]) => ({
  ...(!isAddress(sent.email) && { email: 'email' as const }),
  ...(!COUNTRIES.includes(sent.country) && { country: 'required' as const }),
  ...(!currencies.includes(sent.currency) && { currency: 'required' as const }),
});

async function renderNewCustomer(context: StaffRequest, typed: SentForm, refusal: Refusal | null, isSent: boolean) {
  const page = await newCustomerPage(context, typed, refusal, isSent);
  await renderPage(context, 'staff/new-customer', page, { status: isSent ? (refusal?.status ?? 422) : 200 });
}

async function newCustomerPage(context: StaffRequest, typed: SentForm, refusal: Refusal | null, isSent: boolean) {
  const { db, t } = context;
  const [helpers, currencies] = await Promise.all([context.helpers(), listPricedCurrencies(db)]);
  const faults: Partial<Record<'email' | 'country' | 'currency', 'email' | 'required'>> =
    isSent && !refusal ? faultsOf(typed, currencies) : {};
  const errorOf = (field: keyof typeof faults) => (faults[field] ? t(`errors.field.${faults[field]}`) : null);
  return {
    title: t('staff.customer.new'),
    typed,
    kinds: kindChoices(typed.kind, helpers),
    countries: countryOptions(helpers),
    currencies: currencies.map((code) => ({ value: code, label: `${code}, ${helpers.currencyName(code)}` })),
    emailError: refusal instanceof EmailTaken ? helpers.refusalText(refusal) : errorOf('email'),
    countryError: errorOf('country'),
    currencyError: errorOf('currency'),
  };
}
export type NewCustomerPage = PageOf<typeof newCustomerPage>;
