import { NotFound } from '../../domain/errors.ts';
import { findMail, listLastMails } from '../../domain/notifications/mail-queries.ts';
import type { StoredMail } from '../../domain/notifications/messages.ts';
import { parseId } from '../../web/parse-request.ts';
import { renderPage } from '../../web/rendering/render-page.ts';
import type { RequestContext } from '../../web/request-context.ts';
import { siteUrl } from '../../web/site-url.ts';
import { renderMail } from '../../mail/render-mail.ts';

const SHOWN = 200;

/** The messages that were written, newest first; outside production, where nobody else's mail is open to everybody. */
export async function showDevMails(context: RequestContext) {
  const { db, t } = context;
  assertNotProduction(context);
  const rows = await listLastMails(db, SHOWN);
  const mails = await Promise.all(rows.map(async (row) => ({ ...row, ...(await rendered(context, row)) })));
  await renderPage(context, 'dev-mail/list', { title: t('dev_mail.title'), mails }, { layout: 'bare' });
}

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

function assertNotProduction({ config }: RequestContext) {
  if (config.production) throw new NotFound();
}

async function rendered({ rates, config, req }: RequestContext, mail: StoredMail) {
  const { currencies } = await rates.current();
  return renderMail(mail, {
    currencies,
    timeZone: config.timeZone,
    siteUrl: siteUrl(req, config, ''),
    seller: config.seller.name,
  });
}
