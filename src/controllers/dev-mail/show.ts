import { NotFound } from '../../domain/errors.ts';
import { findMail } from '../../domain/notifications/mail-queries.ts';
import { parseId } from '../../web/parse-request.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { RequestContext } from '../../web/request-context.ts';
import { assertNotProduction, rendered } from './list.ts';

/** One message, as text. */
export async function showDevMail(context: RequestContext) {
  assertNotProduction(context);
  await renderPage(context, 'dev-mail/show', await devMailPage(context));
}

async function devMailPage(context: RequestContext) {
  const mail = await getMail(context);
  return { title: mail.subject, mail };
}
export type DevMailPage = PageOf<typeof devMailPage>;

/** @throws {NotFound} */
async function getMail(context: RequestContext) {
  const row = await findMail(context.db, parseId(context.req.params['id']));
  if (!row) throw new NotFound();
  return { ...row, ...(await rendered(context, row)) };
}

/** As a mail program shows it, with its own styles. */
export async function showDevMailHtml(context: RequestContext) {
  assertNotProduction(context);
  const { html } = await getMail(context);
  context.res.set('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'").type('html').send(html);
}
