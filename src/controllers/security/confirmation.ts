import { z } from 'zod';
import { type Refusal, WrongCode, WrongPassword } from '../../domain/errors.ts';
import { verifyPassword } from '../../domain/identity/passwords.ts';
import type { SignInThrottle } from '../../domain/identity/sign-in-throttle.ts';
import { findCredentialsOf, type Viewer } from '../../domain/identity/user-queries.ts';
import { proveSecondFactor } from '../../domain/accounts/second-factor.ts';
import { confirmSession } from '../../web/begin-session.ts';
import { setFlash } from '../../web/flash.ts';
import { visitOf } from '../../web/middleware/sessions.ts';
import { localPath, parseForm } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { RequestContext } from '../../web/request-context.ts';

const Confirmation = z.object({
  password: z.string().max(1000),
  code: z.string().max(100).catch(''),
  next: z.string().optional(),
});

/** Asks somebody who is signed in for the password again (and for the code, where there is one), and leads back. */
export async function showConfirmation(context: RequestContext<Viewer>) {
  await renderConfirmation(context, localPath(context.req.query['next'], '/security'), null);
}

/** Who has shown it goes on in the same session, under another id. */
export async function submitConfirmation(context: RequestContext<Viewer>) {
  const { req, res, viewer } = context;
  const { password, code, next } = parseForm(req.body, Confirmation);
  const back = localPath(next, '/security');
  try {
    await provePassword(context, password);
    if (viewer.hasFactor) await proveSecondFactor(context, { userId: viewer.userId, visit: visitOf(req), code });
  } catch (error) {
    return renderConfirmation(context, back, refusalToShow(error));
  }
  await confirmSession(context, viewer.userId);
  if (req.session.refusedForm?.page === back) setFlash(req, 'info', context.t('security.confirmation.asked'));
  res.redirect(303, back);
}

/**
 * Looks at the present password of somebody who is signed in, counted like sign-ins.
 * @throws {WrongPassword} @throws {TooManyAttempts}
 */
export async function provePassword(
  { req, db, devices, throttle, viewer }: RequestContext<Viewer> & { throttle: SignInThrottle },
  password: string,
): Promise<void> {
  const { email, userId } = viewer;
  const attempt = { email, address: req.ip ?? '', device: devices.find(req, email) };
  await throttle.admit(attempt);
  const credentials = await findCredentialsOf(db, userId);
  if (!(await verifyPassword(password, credentials?.passwordHash ?? null))) throw new WrongPassword();
  await throttle.recordSuccess(attempt);
}

async function renderConfirmation(context: RequestContext<Viewer>, next: string, refusal: Refusal | null) {
  const page = confirmationPage(context, next, refusal);
  await renderPage(context, 'security/confirmation', page, { status: refusal?.status ?? 200, layout: 'bare' });
}

const confirmationPage = ({ t, viewer }: RequestContext<Viewer>, next: string, refusal: Refusal | null) => ({
  title: t('security.confirmation.title'),
  email: viewer.email,
  asksCode: viewer.hasFactor,
  next,
  refusal: refusal instanceof WrongPassword || refusal instanceof WrongCode ? null : refusal,
  passwordRefusal: refusal instanceof WrongPassword ? refusal : null,
  codeRefusal: refusal instanceof WrongCode ? refusal : null,
});
export type ConfirmationPage = PageOf<typeof confirmationPage>;
