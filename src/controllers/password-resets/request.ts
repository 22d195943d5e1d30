import { z } from 'zod';
import type { Refusal } from '../../domain/errors.ts';
import { askForReset } from '../../domain/accounts/reset-password.ts';
import { visitOf } from '../../web/middleware/sessions.ts';
import { isAddress, parseForm } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { RequestContext } from '../../web/request-context.ts';

const Form = z.object({ email: z.string().max(1000).catch('') });
const Query = z.object({ sent: z.enum(['1']).optional().catch(undefined), email: z.string().max(254).catch('') });

/** Somebody forgot their password. */
export async function showResetRequest(context: RequestContext) {
  const { sent, email } = Query.parse(context.req.query);
  await renderRequest(context, { email, sent: sent === '1' });
}

/** Whatever the e-mail, the answer is the same: that of somebody is not told to others. */
export async function submitResetRequest(context: RequestContext) {
  const { req, res, locale, accountLimits } = context;
  const email = parseForm(req.body, Form).email.trim();
  if (!isAddress(email)) return renderRequest(context, { email, isInvalid: true });
  try {
    await accountLimits.admitReset(req.ip ?? '');
    if (await accountLimits.admitMail('reset_mail', email))
      await askForReset(context, { email, locale, visit: visitOf(req) });
  } catch (error) {
    return renderRequest(context, { email, refusal: refusalToShow(error) });
  }
  res.redirect(303, '/password-resets?sent=1');
}

interface RequestState {
  email: string;
  sent?: boolean;
  isInvalid?: boolean;
  refusal?: Refusal | null;
}

async function renderRequest(context: RequestContext, state: RequestState) {
  const status = state.refusal?.status ?? (state.isInvalid ? 422 : 200);
  await renderPage(context, 'password-resets/request', requestPage(context, state), { status, layout: 'bare' });
}

const requestPage = (
  { t, config }: RequestContext,
  { email, sent = false, isInvalid, refusal = null }: RequestState,
) => ({
  title: t(sent ? 'session.confirm.look' : 'session.reset.title'),
  email,
  sent,
  error: isInvalid ? t('errors.field.email') : null,
  refusal,
  supportEmail: config.supportEmail,
});
export type ResetRequestPage = PageOf<typeof requestPage>;
