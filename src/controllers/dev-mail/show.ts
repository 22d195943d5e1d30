import { NotFound } from '../../domain/errors.ts';
import { findMail } from '../../domain/notifications/mail-queries.ts';
import { parseId } from '../../web/parse-request.ts';
import { renderPage } from '../../web/rendering/render-page.ts';
import type { RequestContext } from '../../web/request-context.ts';
import { assertNotProduction, rendered } from './list.ts';

/** One message, as text. */
export async function showDevMail(context: RequestContext) {
  const { db, req } = context;
  assertNotProduction(context);
  const row = await findMail(db, parseId(req.params['id']));
  if (!row) throw new NotFound();
  const mail = { ...row, ...(await rendered(context, row)) };
  await renderPage(context, 'dev-mail/show', { title: mail.subject, mail }, { layout: 'bare' });
}

/** As a mail program shows it, with its own styles. */
export async function showDevMailHtml(context: RequestContext) {
  const { db, req, res } = context;
  assertNotProduction(context);
  const row = await findMail(db, parseId(req.params['id']));
  if (!row) throw new NotFound();
  const { html } = await rendered(context, row);
  res.set('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'").type('html').send(html);
}
