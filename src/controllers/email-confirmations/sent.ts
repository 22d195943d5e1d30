import { sendConfirmationAgain } from '../../domain/accounts/confirm-email.ts';
import type { Viewer } from '../../domain/identity/user-queries.ts';
import { setFlash } from '../../web/flash.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { RequestContext } from '../../web/request-context.ts';

/** After registering: a message is on its way. Who is signed in can have it sent again. */
export async function showConfirmationSent(context: RequestContext) {
  const { res, viewer } = context;
  if (viewer?.confirmed) return res.redirect(303, '/');
  await renderPage(context, 'email-confirmations/sent', sentPage(context), { layout: 'bare' });
}

/** Sends the link again. */
export async function submitConfirmationAgain(context: RequestContext<Viewer>) {
  const { req, res, viewer, t } = context;
  if (viewer.confirmed) return res.redirect(303, '/');
  try {
    await sendConfirmationAgain(context, viewer);
    setFlash(req, 'success', t('session.confirm.flash.sent', { email: viewer.email }));
  } catch (error) {
    const refusal = refusalToShow(error);
    setFlash(req, 'error', (await context.helpers()).refusalText(refusal));
  }
  res.redirect(303, '/email-confirmations');
}

const sentPage = ({ t, viewer, config }: RequestContext) => ({
  title: t('session.confirm.look'),
  email: viewer?.email ?? null,
  supportEmail: config.supportEmail,
});
export type ConfirmationSentPage = PageOf<typeof sentPage>;
