import { assertStoppable, stopFactorRemoval } from '../domain/staff/factor-removals.ts';
import { setVisitorFlash } from '../web/flash.ts';
import { type PageOf, renderPage } from '../web/rendering/render-page.ts';
import type { RequestContext } from '../web/request-context.ts';

/** The page behind the link in the announcement: one button stops the removal. */
export async function showFactorRemoval(context: RequestContext) {
  const token = String(context.req.params['token']);
  await assertStoppable(context.db, token);
  await renderPage(context, 'factor-removal', removalPage(context, token), { layout: 'bare' });
}

/** The second factor stays. */
export async function submitFactorRemovalStop({ req, res, db, clock, viewer }: RequestContext) {
  await stopFactorRemoval(db, clock, String(req.params['token']));
  setVisitorFlash(res, 'removal_stopped');
  res.redirect(303, viewer ? '/security' : '/login');
}

const removalPage = ({ t }: RequestContext, token: string) => ({ title: t('session.removal.title'), token });
export type FactorRemovalPage = PageOf<typeof removalPage>;
