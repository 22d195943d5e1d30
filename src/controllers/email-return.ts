import { findLink } from '../domain/identity/account-links.ts';
import { takeEmailBack } from '../domain/accounts/change-email.ts';
import { type PageOf, renderPage } from '../web/rendering/render-page.ts';
import type { RequestContext } from '../web/request-context.ts';

/** The page behind the link that the former address of an account got. */
export async function showEmailReturn(context: RequestContext) {
  const { req, db, clock } = context;
  const token = String(req.params['token']);
  const { email } = await findLink(db, clock, token, 'return_email');
  await renderPage(context, 'email-return', returnPage(context, token, email), { layout: 'bare' });
}

/** Puts the former e-mail back, ends all sessions, and leads to a new password. */
export async function submitEmailReturn(context: RequestContext) {
  const { req, res } = context;
  const reset = await takeEmailBack(context, String(req.params['token']));
  res.redirect(303, `/password-resets/${reset}`);
}

const returnPage = ({ t }: RequestContext, token: string, email: string) => ({
  title: t('session.return.title'),
  token,
  email,
});
export type EmailReturnPage = PageOf<typeof returnPage>;
