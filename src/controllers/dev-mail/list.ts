import { NotFound } from '../../domain/errors.ts';
import { listLastMails } from '../../domain/notifications/mail-queries.ts';
import type { StoredMail } from '../../domain/notifications/messages.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { RequestContext } from '../../web/request-context.ts';
import { siteUrl } from '../../web/site-url.ts';
import { renderMail } from '../../mail/render-mail.ts';

const SHOWN = 100;

/** The messages that were written, newest first; outside production, where nobody else's mail is open to everybody. */
export async function showDevMails(context: RequestContext) {
  assertNotProduction(context);
  await renderPage(context, 'dev-mail/list', await devMailsPage(context));
}

async function devMailsPage(context: RequestContext) {
  const { db, t } = context;
  const rows = await listLastMails(db, SHOWN);
  const mails = await Promise.all(rows.map(async (row) => ({ ...row, ...(await rendered(context, row)) })));
  return { title: t('dev_mail.title'), mails };
}
export type DevMailsPage = PageOf<typeof devMailsPage>;

/** @throws {NotFound} in production, where nobody may read everybody’s mail */
export function assertNotProduction({ config }: RequestContext) {
  if (config.production) throw new NotFound();
}

/** The message as its reader gets it. */
export async function rendered({ rates, config, sealing, req }: RequestContext, mail: StoredMail) {
  const { currencies } = await rates.current();
  return renderMail(mail, {
    currencies,
    timeZone: config.timeZone,
    siteUrl: siteUrl(req, config, ''),
    seller: config.seller.name,
    sealing,
  });
}
