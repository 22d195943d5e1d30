import { findLink } from '../../domain/identity/account-links.ts';
import { confirmEmail } from '../../domain/accounts/confirm-email.ts';
import { setFlash, setVisitorFlash } from '../../web/flash.ts';
import { listHref } from '../../web/list-address.ts';
import { visitOf } from '../../web/middleware/sessions.ts';
import { localPath } from '../../web/parse-request.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { RequestContext } from '../../web/request-context.ts';

/** The page behind the link in the message, with a button: programs that look at mail open links too. */
export async function showEmailConfirmation(context: RequestContext) {
  const { req, db, clock } = context;
  const token = String(req.params['token']);
  const { email } = await findLink(db, clock, token, 'confirm_email', 'change_email');
  await renderPage(context, 'email-confirmations/confirm', confirmPage(context, token, email), { layout: 'bare' });
}

/** Confirms the e-mail; nobody is signed in by it, and a change takes its owner to be. */
export async function submitEmailConfirmation(context: RequestContext) {
  const { req, res, db, clock, viewer, t } = context;
  const token = String(req.params['token']);
  const { purpose } = await findLink(db, clock, token, 'confirm_email', 'change_email');
  if (purpose === 'change_email' && !viewer)
    return res.redirect(303, listHref('/login', {}, { next: `/email-confirmations/${token}` }));
  const viewerId = viewer?.userId ?? null;
  const { userId, next } = await confirmEmail(context, { token, viewerId, visit: visitOf(req) });
  if (viewer?.userId === userId) {
    setFlash(req, 'success', t('session.confirm.flash.confirmed'));
    return res.redirect(303, localPath(next, '/'));
  }
  setVisitorFlash(res, 'email_confirmed');
  res.redirect(303, viewer ? '/' : listHref('/login', {}, { next: localPath(next, '') }));
}

const confirmPage = ({ t }: RequestContext, token: string, email: string) => ({
  title: t('session.confirm.title'),
  token,
  email,
});
export type EmailConfirmationPage = PageOf<typeof confirmPage>;
