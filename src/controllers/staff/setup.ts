import { z } from 'zod';
import { PasswordWeak, type Refusal } from '../../domain/errors.ts';
import { assertSetupToken, setUpAdministrator } from '../../domain/staff/set-up.ts';
import { beginSession } from '../../web/begin-session.ts';
import { isAddress, parseForm } from '../../web/parse-request.ts';
import { passwordRulesFor } from '../../web/password-rules.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { RequestContext } from '../../web/request-context.ts';

const Query = z.object({ token: z.string().max(100).catch('') });
const Form = z.object({
  token: z.string().max(100).catch(''),
  email: z.string().max(1000).catch(''),
  password: z.string().max(1000).catch(''),
});
/** Makes the first administrator of an empty installation, with the link that its start prints. */
export async function showSetup(context: RequestContext) {
  const { token } = Query.parse(context.req.query);
  await assertSetupToken(context.db, token);
  await renderSetup(context, { token, email: '' });
}

/** Signs the administrator in, who sets up the second factor next. */
export async function submitSetup(context: RequestContext) {
  const { req, res, db, clock, config, locale } = context;
  const { token, email: typed, password } = parseForm(req.body, Form);
  const email = typed.trim();
  await assertSetupToken(db, token);
  if (!isAddress(email)) return renderSetup(context, { token, email, isInvalid: true });
  try {
    const rules = passwordRulesFor(config, { kind: 'staff', email, name: '', hasFactor: false });
    const person = await setUpAdministrator(db, clock, { token, email, password, rules, locale });
    await beginSession(context, person, 'password');
  } catch (error) {
    return renderSetup(context, { token, email, refusal: refusalToShow(error) });
  }
  res.redirect(303, config.production ? '/security/totp' : '/staff');
}

interface SetupState {
  token: string;
  email: string;
  isInvalid?: boolean;
  refusal?: Refusal | null;
}

async function renderSetup(context: RequestContext, state: SetupState) {
  const status = state.refusal?.status ?? (state.isInvalid ? 422 : 200);
  await renderPage(context, 'staff/setup', setupPage(context, state), { status, layout: 'bare' });
}

function setupPage({ config, t }: RequestContext, { token, email, isInvalid, refusal = null }: SetupState) {
  const isOfPassword = refusal instanceof PasswordWeak;
  return {
    title: t('staff.setup.title'),
    token,
    email,
    error: isInvalid ? t('errors.field.email') : null,
    minimum: passwordRulesFor(config, { kind: 'staff', email, name: '', hasFactor: false }).minimum,
    refusal: isOfPassword ? null : refusal,
    passwordRefusal: isOfPassword ? refusal : null,
  };
}
export type SetupPage = PageOf<typeof setupPage>;
