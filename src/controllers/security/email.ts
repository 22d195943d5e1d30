import { z } from 'zod';
import type { Viewer } from '../../domain/identity/user-queries.ts';
import { askForEmailChange } from '../../domain/accounts/change-email.ts';
import { setFlash } from '../../web/flash.ts';
import { visitOf } from '../../web/middleware/sessions.ts';
import { parseForm, text } from '../../web/parse-request.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import { refusedForm } from '../../web/refused-form.ts';
import type { RequestContext } from '../../web/request-context.ts';

const Form = z.object({ email: z.string().max(1000).catch('') });
const Email = text(254).pipe(z.email());

export async function showEmailForm(context: RequestContext<Viewer>) {
  const refused = refusedForm(context.req, '/security/email', Form);
  await renderEmailForm(context, refused?.typed.email ?? '', { isRefused: refused !== null });
}

/** Writes to the new address; until it is confirmed there, the old one counts. */
export async function submitEmail(context: RequestContext<Viewer>) {
  const { req, res, locale, viewer, accountLimits, t } = context;
  const email = parseForm(req.body, Form).email.trim();
  const isSame = email.toLowerCase() === viewer.email.toLowerCase();
  if (isSame || !Email.safeParse(email).success) return renderEmailForm(context, email, { isRefused: true });
  if (await accountLimits.admitMail(email))
    await askForEmailChange(context, { userId: viewer.userId, email, locale, visit: visitOf(req) });
  setFlash(req, 'success', t('security.flash.email_asked', { email }));
  res.redirect(303, '/security');
}

async function renderEmailForm(context: RequestContext<Viewer>, typed: string, { isRefused }: { isRefused: boolean }) {
  const page = emailPage(context, typed, isRefused);
  await renderPage(context, 'security/email', page, { status: isRefused ? 422 : 200 });
}

const emailPage = ({ viewer, t }: RequestContext<Viewer>, typed: string, isRefused: boolean) => ({
  title: t('security.email.change'),
  email: viewer.email,
  typed,
  error: isRefused ? t('errors.field.email') : null,
});
export type EmailPage = PageOf<typeof emailPage>;
