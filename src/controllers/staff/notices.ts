import { z } from 'zod';
import {
  listStaffNotices,
  type NoticeMode,
  noticeModesOf,
  saveStaffNotices,
  type StaffNotices,
} from '../../domain/desk/staff-notices.ts';
import { mayDealWith, WORK_KINDS, type WorkKind } from '../../domain/desk/work-list-queries.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { setFlash } from '../../web/flash.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';

/** What one is written to about, oneself: each kind of the work list, at once or every morning. */
export async function showNotices(context: StaffRequest) {
  await renderPage(context, 'staff/notices', await noticesPage(context));
}

export async function submitNotices(context: StaffRequest) {
  const { req, res, db, viewer, t } = context;
  const sent = Object.fromEntries(
    kindsOf(context).map((kind) => [kind, z.enum(noticeModesOf(kind)).catch('off')] as const),
  );
  const notices: StaffNotices = z.object(sent).parse(req.body ?? {});
  await inTransaction(db, (trx) => saveStaffNotices(trx, viewer.userId, notices));
  setFlash(req, 'success', t('staff.notices.flash.saved'));
  res.redirect(303, '/staff');
}

const kindsOf = ({ viewer }: StaffRequest): WorkKind[] => WORK_KINDS.filter((kind) => mayDealWith(kind, viewer.rights));

async function noticesPage(context: StaffRequest) {
  const { db, config, viewer, t } = context;
  const chosen = await listStaffNotices(db, viewer.userId);
  const label = (mode: NoticeMode) => t(`staff.notices.mode.${mode}`);
  return {
    title: t('staff.notices.title'),
    email: viewer.email,
    hasMailServer: config.smtpUrl !== undefined,
    fields: kindsOf(context).map((kind) => ({
      name: kind,
      label: t(`staff.notices.kind.${kind}`),
      value: chosen[kind] ?? 'off',
      options: noticeModesOf(kind).map((mode) => ({ value: mode, label: label(mode) })),
    })),
  };
}
export type NoticesPage = PageOf<typeof noticesPage>;
