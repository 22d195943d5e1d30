import { z } from 'zod';
import { PasswordUnchanged, PasswordWeak, Refusal, WrongPassword } from '../../domain/errors.ts';
import type { Viewer } from '../../domain/identity/user-queries.ts';
import { changePassword } from '../../domain/accounts/change-password.ts';
import { setFlash } from '../../web/flash.ts';
import { assertFresh } from '../../web/fresh-session.ts';
import { foundSession, visitOf } from '../../web/middleware/sessions.ts';
import { parseForm } from '../../web/parse-request.ts';
import { passwordRulesFor } from '../../web/password-rules.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { RequestContext } from '../../web/request-context.ts';
import { provePassword } from './confirmation.ts';

const Passwords = z.object({ current_password: z.string().max(1000), password: z.string().max(1000) });

export async function showPasswordForm(context: RequestContext<Viewer>) {
  await renderPasswordForm(context, null);
}

/** Changes the password; all other sessions end, and no browser is remembered any more. */
export async function submitPassword(context: RequestContext<Viewer>) {
  const { req, res, db, clock, config, viewer, t } = context;
  // The form asks for the password; the code is asked for on a page of its own.
  if (viewer.hasFactor) assertFresh(req, clock);
  const { current_password: current, password } = parseForm(req.body, Passwords);
  try {
    await provePassword(context, current);
    await changePassword(db, clock, {
      userId: viewer.userId,
      password,
      rules: passwordRulesFor(config, viewer),
      sessionId: foundSession(req.session)?.id,
      visit: visitOf(req),
    });
  } catch (error) {
    return renderPasswordForm(context, refusalToShow(error));
  }
  setFlash(req, 'success', t('security.flash.password_changed'));
  res.redirect(303, '/security');
}

async function renderPasswordForm(context: RequestContext<Viewer>, refusal: Refusal | null) {
  await renderPage(context, 'security/password', passwordPage(context, refusal), { status: refusal?.status ?? 200 });
}

function passwordPage({ config, viewer, t }: RequestContext<Viewer>, refusal: Refusal | null) {
  const isOfNew = refusal instanceof PasswordWeak || refusal instanceof PasswordUnchanged;
  const isOfCurrent = refusal instanceof WrongPassword;
  return {
    title: t('security.password.change'),
    minimum: passwordRulesFor(config, viewer).minimum,
    email: viewer.email,
    refusal,
    currentRefusal: isOfCurrent ? refusal : null,
    newRefusal: isOfNew ? refusal : null,
    otherRefusal: isOfNew || isOfCurrent ? null : refusal,
  };
}
export type PasswordPage = PageOf<typeof passwordPage>;
