import { z } from 'zod';
import { AUDIT_ACTIONS } from '../../domain/audit/record-audit.ts';
import { AUDIT_SORTS, auditLog } from '../../domain/desk/audit-list-queries.ts';
import { streamFound } from '../../domain/desk/staff-list.ts';
import { choice, dayField, idField, listFields } from '../../web/list-address.ts';
import { csvTime, sendCsv } from '../../web/rendering/csv.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import { readStaffList } from './read-staff-list.ts';

const Query = z.object({
  ...listFields([...AUDIT_SORTS], 'at', 'desc'),
  action: choice(AUDIT_ACTIONS),
  customer: idField,
  from: dayField,
  to: dayField,
});

function asked({ req, config }: StaffRequest) {
  const query = Query.parse(req.query);
  return { query, filter: { ...query, timeZone: config.timeZone } };
}

export async function showAuditLog(context: StaffRequest) {
  await renderPage(context, 'staff/audit', await auditPage(context));
}

async function auditPage(context: StaffRequest) {
  const { query, filter } = asked(context);
  return {
    title: context.t('staff.audit.title'),
    ...(await readStaffList(context, auditLog, query, filter)),
    query,
    actions: AUDIT_ACTIONS,
  };
}
export type AuditPage = PageOf<typeof auditPage>;

export async function downloadAuditLog(context: StaffRequest) {
  const { db, t, config } = context;
  const { query, filter } = asked(context);
  const time = csvTime(config.timeZone);
  const { auditText, staffRoleText } = await context.helpers();
  await sendCsv(context, {
    name: 'audit',
    items: streamFound(db, auditLog, filter, query),
    label: (column) => t(`staff.audit.column.${column}`),
    columns: {
      at: (item) => time(item.at),
      by: (item) => item.by ?? t('staff.audit.portal'),
      role: (item) => (item.role ? staffRoleText(item.role) : ''),
      action: (item) => t(`terms.audit_action.${item.action}`),
      subject: (item) => item.customerId ?? item.subjectId,
      reason: (item) => item.reason,
      details: (item) => auditText(item.details),
    },
  });
}
