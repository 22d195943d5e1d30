import { z } from 'zod';
import type { Refusal } from '../../domain/errors.ts';
import type { Viewer } from '../../domain/identity/user-queries.ts';
import { askForEmailChange } from '../../domain/accounts/change-email.ts';
import { setFlash } from '../../web/flash.ts';
import { visitOf } from '../../web/middleware/sessions.ts';
import { isAddress, parseForm } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import { refusedForm } from '../../web/refused-form.ts';
import type { RequestContext } from '../../web/request-context.ts';

const Form = z.object({ email: z.string().max(1000).catch('') });
export async function showEmailForm(context: RequestContext<Viewer>) {
  const refused = refusedForm(context.req, '/security/email', Form);
  const typed = refused?.typed.email ?? '';
  await renderEmailForm(context, typed, { isRefused: refused !== null && !isAddress(typed) });
}

/** Writes to the new address; until it is confirmed there, the old one counts. */
export async function submitEmail(context: RequestContext<Viewer>) {
  const { req, res, locale, viewer, accountLimits, t } = context;
  const email = parseForm(req.body, Form).email.trim();
  const isSame = email.toLowerCase() === viewer.email.toLowerCase();
  if (isSame || !isAddress(email)) return renderEmailForm(context, email, { isRefused: true });
  try {
    await accountLimits.admitMailOf(viewer.userId, email);
    await askForEmailChange(context, { userId: viewer.userId, email, locale, visit: visitOf(req) });
  } catch (error) {
    return renderEmailForm(context, email, { isRefused: false, refusal: refusalToShow(error) });
  }
  setFlash(req, 'success', t('security.flash.email_asked', { email }));
  res.redirect(303, '/security');
}

interface EmailFormState {
  isRefused: boolean;
  refusal?: Refusal | null;
}

async function renderEmailForm(context: RequestContext<Viewer>, typed: string, state: EmailFormState) {
  const status = state.refusal?.status ?? (state.isRefused ? 422 : 200);
  await renderPage(context, 'security/email', emailPage(context, typed, state), { status });
}

const emailPage = (
  { viewer, t }: RequestContext<Viewer>,
  typed: string,
  { isRefused, refusal = null }: EmailFormState,
) => ({
  title: t('security.email.change'),
  email: viewer.email,
  typed,
  error: isRefused ? t('errors.field.email') : null,
  refusal,
});
export type EmailPage = PageOf<typeof emailPage>;
