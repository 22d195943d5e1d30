import { z } from 'zod';
import { countSignIns, HISTORY_DAYS, listSignIns } from '../../domain/identity/sign-in-history.ts';
import type { Viewer } from '../../domain/identity/user-queries.ts';
import { linksOf, listFields } from '../../web/list-address.ts';
import { readPage } from '../../web/read-page.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { RequestContext } from '../../web/request-context.ts';

const Query = z.object(listFields(['at'], 'at', 'desc')).pick({ page: true, per: true });

/** All that happened when somebody signed in, or tried to, as the viewer. */
export async function showSignInHistory(context: RequestContext<Viewer>) {
  await renderPage(context, 'security/history', await historyPage(context));
}

async function historyPage({ db, req, viewer, t }: RequestContext<Viewer>) {
  const query = Query.parse(req.query);
  const { items, paging } = await readPage(
    query,
    () => countSignIns(db, viewer.userId),
    (window) => listSignIns(db, viewer.userId, window),
  );
  return {
    title: t('security.history.title'),
    signIns: items,
    paging,
    historyDays: HISTORY_DAYS,
    href: linksOf('/security/history', query),
  };
}
export type SignInHistoryPage = PageOf<typeof historyPage>;
