import { z } from 'zod';
import type { Refusal } from '../domain/errors.ts';
import { rememberBrowser } from '../domain/identity/remembered-browsers.ts';
import { proveSecondFactor } from '../domain/accounts/second-factor.ts';
import { beginSession } from '../web/begin-session.ts';
import type { PendingSignIn } from '../web/middleware/pending-sign-ins.ts';
import { setRememberedToken } from '../web/middleware/remembered-cookie.ts';
import { visitOf } from '../web/middleware/sessions.ts';
import { localPath, parseForm } from '../web/parse-request.ts';
import { refusalToShow } from '../web/refusal-to-show.ts';
import { type PageOf, renderPage } from '../web/rendering/render-page.ts';
import type { RequestContext } from '../web/request-context.ts';
import { askForLongerPassword } from './session.ts';

const Code = z.object({ code: z.string().max(100).catch(''), remember: z.enum(['on']).optional() });

/** Asks for the code after the password; whoever has not shown the password does so first. */
export async function showSecondFactor(context: RequestContext) {
  const { req, res, viewer, pending } = context;
  if (viewer) return res.redirect(303, '/');
  const person = pending.find(req);
  if (!person) return res.redirect(303, '/login');
  await renderSecondFactor(context, person, null);
}

/** Signs in whoever has shown the password and knows the code. */
export async function submitSecondFactor(context: RequestContext) {
  const { req, res, db, clock, config, pending } = context;
  const { code, remember } = parseForm(req.body, Code);
  const person = pending.find(req);
  if (!person) return res.redirect(303, '/login');
  const { userId } = person;
  const visit = visitOf(req);
  try {
    const kind = await proveSecondFactor(context, { userId, visit, code });
    await beginSession(context, person, kind === 'app' ? 'password_code' : 'password_recovery');
  } catch (error) {
    return renderSecondFactor(context, person, refusalToShow(error));
  }
  pending.forget(res);
  if (remember && !person.isStaff)
    setRememberedToken(res, userId, await rememberBrowser(db, clock, { userId, visit }), config.production);
  if (person.isShort) askForLongerPassword(context);
  res.redirect(303, localPath(person.next, '/'));
}

async function renderSecondFactor(context: RequestContext, person: PendingSignIn, refusal: Refusal | null) {
  const page = secondFactorPage(context, person, refusal);
  await renderPage(context, 'second-factor', page, { status: refusal?.status ?? 200, layout: 'bare' });
}

const secondFactorPage = ({ t }: RequestContext, { email, isStaff }: PendingSignIn, refusal: Refusal | null) => ({
  title: t('session.factor.title'),
  email,
  canRemember: !isStaff,
  refusal,
});
export type SecondFactorPage = PageOf<typeof secondFactorPage>;
