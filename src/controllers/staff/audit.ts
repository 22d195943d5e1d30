import { z } from 'zod';
import { countAudit, listAudit } from '../../domain/audit/audit-queries.ts';
import { linksOf, listFields, paging } from '../../web/list-address.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';

const { page, per } = listFields(['at'], 'at', 'desc');
const Query = z.object({ page, per });

export async function showAuditLog(context: StaffRequest) {
  await renderPage(context, 'staff/audit', await auditPage(context));
}

async function auditPage({ db, req, t }: StaffRequest) {
  const query = Query.parse(req.query);
  const position = paging(await countAudit(db), query);
  return {
    title: t('staff.audit.title'),
    audit: await listAudit(db, { limit: position.per, offset: position.offset }),
    paging: position,
    href: linksOf('/staff/audit', query),
  };
}
export type AuditPage = PageOf<typeof auditPage>;
