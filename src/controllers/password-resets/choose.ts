import { z } from 'zod';
import { PasswordWeak, type Refusal } from '../../domain/errors.ts';
import { findPerson, type Person } from '../../domain/identity/user-queries.ts';
import { findReset, resetPassword } from '../../domain/accounts/reset-password.ts';
import { setVisitorFlash } from '../../web/flash.ts';
import { visitOf } from '../../web/middleware/sessions.ts';
import { parseForm } from '../../web/parse-request.ts';
import { passwordRulesFor } from '../../web/password-rules.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { RequestContext } from '../../web/request-context.ts';

const Form = z.object({ password: z.string().max(1000).catch('') });

/** The page behind the link: a new password. */
export async function showNewPassword(context: RequestContext) {
  const { person } = await personOf(context);
  await renderNewPassword(context, person, null);
}

/** Stores it; signing in is for the person to do, with the second factor where there is one. */
export async function submitNewPassword(context: RequestContext) {
  const { req, res, config, throttle } = context;
  const { userId, person } = await personOf(context);
  const { password } = parseForm(req.body, Form);
  try {
    await resetPassword(context, {
      token: String(req.params['token']),
      password,
      rules: passwordRulesFor(config, person),
      visit: visitOf(req),
    });
  } catch (error) {
    return renderNewPassword(context, person, refusalToShow(error));
  }
  await throttle.forgive({ email: person.email, userId });
  setVisitorFlash(res, 'password_reset');
  res.redirect(303, '/login');
}

/** @throws {LinkInvalid} */
async function personOf(context: RequestContext): Promise<{ userId: number; person: Person }> {
  const { userId } = await findReset(context, String(context.req.params['token']));
  return { userId, person: await findPerson(context.db, userId) };
}

async function renderNewPassword(context: RequestContext, person: Person, refusal: Refusal | null) {
  const page = newPasswordPage(context, person, refusal);
  await renderPage(context, 'password-resets/choose', page, { status: refusal?.status ?? 200, layout: 'bare' });
}

function newPasswordPage({ req, config, t }: RequestContext, person: Person, refusal: Refusal | null) {
  const isOfPassword = refusal instanceof PasswordWeak;
  return {
    title: t('session.reset.choose'),
    token: String(req.params['token']),
    email: person.email,
    minimum: passwordRulesFor(config, person).minimum,
    refusal: isOfPassword ? null : refusal,
    passwordRefusal: isOfPassword ? refusal : null,
  };
}
export type NewPasswordPage = PageOf<typeof newPasswordPage>;
