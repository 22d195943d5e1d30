import { z } from 'zod';
import { countAudit, listAudit } from '../../domain/audit/audit-queries.ts';
import type { StaffViewer } from '../../domain/identity/user-queries.ts';
import type { Exchange } from '../../web/request-context.ts';
import { listFields, listHref, paging } from '../../web/list-address.ts';
import { renderPage } from '../../web/rendering/render-page.ts';

const { page, per } = listFields(['at'], 'at', 'desc');
const Query = z.object({ page, per });

export async function showAuditLog(exchange: Exchange<StaffViewer>) {
  const { db, req, t } = exchange;
  const query = Query.parse(req.query);
  const position = paging(await countAudit(db), query);
  await renderPage(exchange, 'staff/audit', {
    title: t('staff.audit'),
    audit: await listAudit(db, { limit: position.per, offset: position.offset }),
    query,
    paging: position,
    href: (changes: Record<string, string | number | undefined>) => listHref('/staff/audit', query, changes),
  });
}
