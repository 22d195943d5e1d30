import { z } from 'zod';
import { countAudit, listAudit } from '../../domain/audit/audit-queries.ts';
import { linksOf, listFields } from '../../web/list-address.ts';
import { readPage } from '../../web/read-page.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';

const { page, per } = listFields(['at'], 'at', 'desc');
const Query = z.object({ page, per });

export async function showAuditLog(context: StaffRequest) {
  await renderPage(context, 'staff/audit', await auditPage(context));
}

async function auditPage({ db, req, t }: StaffRequest) {
  const query = Query.parse(req.query);
  const { items, paging } = await readPage(
    query,
    () => countAudit(db),
    (window) => listAudit(db, window),
  );
  return {
    title: t('staff.audit.title'),
    audit: items,
    paging,
    href: linksOf('/staff/audit', query),
  };
}
export type AuditPage = PageOf<typeof auditPage>;
