import { z } from 'zod';
import { NotFound, PasswordWeak, type Refusal } from '../domain/errors.ts';
import { COUNTRIES } from '../domain/customers/countries.ts';
import { register } from '../domain/accounts/register.ts';
import { visitOf } from '../web/middleware/sessions.ts';
import { isAddress, localPath, parseForm } from '../web/parse-request.ts';
import { passwordRulesFor } from '../web/password-rules.ts';
import { refusalToShow } from '../web/refusal-to-show.ts';
import { type PageOf, renderPage } from '../web/rendering/render-page.ts';
import type { RequestContext } from '../web/request-context.ts';
import { shopperOf } from './catalog/shopper.ts';
import { countryOptions, kindChoices } from './profile/profile-form.ts';

const Form = z.object({
  email: z.string().max(1000).catch(''),
  password: z.string().max(1000).catch(''),
  kind: z.enum(['person', 'company']).catch('person'),
  country: z.string().max(10).catch(''),
  currency: z.string().max(10).catch(''),
  language: z.enum(['en', 'ru']).optional().catch(undefined),
  terms: z.enum(['on']).optional().catch(undefined),
  next: z.string().optional(),
  /** People do not see this field; programs fill it in. */
  website: z.string().max(1000).catch(''),
});
type SentForm = z.infer<typeof Form>;
type TypedForm = Pick<SentForm, 'email' | 'kind' | 'country' | 'currency' | 'terms'> & { next: string };

/** Opens an account, where the provider lets everybody do so. */
export async function showRegistration(context: RequestContext) {
  const { req, res, viewer } = context;
  if (viewer) return res.redirect(303, '/');
  const next = localPath(req.query['next'], '');
  const { currency } = await shopperOf(context);
  await renderRegistration(context, {
    typed: { email: '', kind: 'person', country: '', currency, terms: undefined, next },
  });
}

/** Whatever the e-mail, the answer is the same: that of somebody is not told to others. */
export async function submitRegistration(context: RequestContext) {
  const { req, res, config, locale, viewer, accountLimits } = context;
  if (viewer) return res.redirect(303, '/');
  if (config.registration !== 'open') throw new NotFound();
  const sent = parseForm(req.body, Form);
  const typed = { ...sent, next: localPath(sent.next, '') };
  const { priced } = await shopperOf(context);
  const invalid = faultsOf(sent, priced, config.terms !== null);
  if (Object.keys(invalid).length > 0) return renderRegistration(context, { typed, invalid });
  try {
    await accountLimits.admitRegistration(req.ip ?? '');
    if (sent.website === '' && (await accountLimits.admitMail('asked_mail', sent.email)))
      await register(context, {
        email: sent.email.trim(),
        password: sent.password,
        rules: passwordRulesFor(config, { kind: 'customer', email: sent.email, name: '', hasFactor: false }),
        kind: sent.kind,
        country: sent.country,
        currency: sent.currency,
        locale: sent.language ?? locale,
        terms: config.terms,
        next: typed.next,
        visit: visitOf(req),
      });
  } catch (error) {
    return renderRegistration(context, { typed, refusal: refusalToShow(error) });
  }
  res.redirect(303, '/email-confirmations');
}

const FIELDS = ['email', 'country', 'currency', 'terms'] as const;
type Field = (typeof FIELDS)[number];
type Invalid = Partial<Record<Field, 'email' | 'required' | 'terms'>>;

/** Everything but the password, which is judged with the rest of what is known. */
function faultsOf(sent: SentForm, currencies: string[], asksTerms: boolean): Invalid {
  return {
    ...(!isAddress(sent.email) && { email: 'email' }),
    ...(!COUNTRIES.includes(sent.country) && { country: 'required' }),
    ...(!currencies.includes(sent.currency) && { currency: 'required' }),
    ...(asksTerms && sent.terms !== 'on' && { terms: 'terms' }),
  };
}

interface FormState {
  typed: TypedForm;
  invalid?: Invalid;
  refusal?: Refusal | null;
}

async function renderRegistration(context: RequestContext, form: FormState) {
  const status = form.refusal?.status ?? (form.invalid ? 422 : 200);
  await renderPage(context, 'register', await registrationPage(context, form), { status, layout: 'bare' });
}

async function registrationPage(context: RequestContext, { typed, invalid = {}, refusal = null }: FormState) {
  const { config, t } = context;
  const [helpers, { priced }] = await Promise.all([context.helpers(), shopperOf(context)]);
  const visitor = { kind: 'customer', email: '', name: '', hasFactor: false } as const;
  const isOfPassword = refusal instanceof PasswordWeak;
  return {
    title: t('session.register.title'),
    registration: config.registration,
    typed,
    kinds: kindChoices(typed.kind, helpers),
    countries: countryOptions(helpers),
    currencies: priced.map((code) => ({ value: code, label: `${code}, ${helpers.currencyName(code)}` })),
    minimum: passwordRulesFor(config, visitor).minimum,
    terms: config.terms,
    supportEmail: config.supportEmail,
    errors: Object.fromEntries(
      Object.entries(invalid).map(([field, fault]) => [field, t(`errors.field.${fault}`)]),
    ) as Partial<Record<Field, string>>,
    refusal: isOfPassword ? null : refusal,
    passwordRefusal: isOfPassword ? refusal : null,
  };
}
export type RegistrationPage = PageOf<typeof registrationPage>;
