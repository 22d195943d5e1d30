import { z } from 'zod';
import { NotFound } from '../domain/errors.ts';
import { listMemberships, type Viewer } from '../domain/identity/user-queries.ts';
import { removeMember } from '../domain/accounts/manage-members.ts';
import { actFor } from '../domain/identity/sessions.ts';
import { setFlash } from '../web/flash.ts';
import { foundSession } from '../web/middleware/sessions.ts';
import { idField, parseForm, parseId } from '../web/parse-request.ts';
import { refusalToShow } from '../web/refusal-to-show.ts';
import { type PageOf, renderPage } from '../web/rendering/render-page.ts';
import type { RequestContext } from '../web/request-context.ts';

/** The customers that somebody may act for. */
export async function showAccountSwitch(context: RequestContext<Viewer>) {
  await renderPage(context, 'account-switch', await switchPage(context));
}

const Form = z.object({ customer: idField });

/** From now on the session acts for another customer; forms that were shown before are worth nothing. */
export async function submitAccountSwitch({ req, res, db, viewer, t }: RequestContext<Viewer>) {
  const { customer } = parseForm(req.body, Form);
  const chosen = (await listMemberships(db, viewer.userId)).find(({ customerId }) => customerId === customer);
  if (!chosen) throw new NotFound();
  await actFor(db, { sessionId: foundSession(req.session)?.id ?? 0, customerId: customer });
  req.session.actingFor = customer;
  delete req.session.csrfToken;
  setFlash(req, 'success', t('members.flash.switched', { account: chosen.name || `#${customer}` }));
  res.redirect(303, '/');
}

/** Leaves a customer. */
export async function submitLeaving(context: RequestContext<Viewer>) {
  const { req, res, db, clock, viewer, t } = context;
  const membershipId = parseId(req.params['id']);
  const left = (await listMemberships(db, viewer.userId)).find(({ id }) => id === membershipId);
  if (!left) throw new NotFound();
  try {
    await removeMember(
      { db, clock },
      { customerId: left.customerId, membershipId, by: viewer.userId, account: left.name },
    );
    delete req.session.csrfToken;
    setFlash(req, 'success', t('members.flash.left', { account: left.name || `#${left.customerId}` }));
  } catch (error) {
    setFlash(req, 'error', (await context.helpers()).refusalText(refusalToShow(error)));
  }
  res.redirect(303, '/account/switch');
}

async function switchPage({ db, viewer, t }: RequestContext<Viewer>) {
  const memberships = await listMemberships(db, viewer.userId);
  const present = viewer.kind === 'customer' ? viewer.customerId : null;
  return {
    title: t('members.switch.title'),
    memberships: memberships.map((membership) => ({ ...membership, present: membership.customerId === present })),
  };
}
export type AccountSwitchPage = PageOf<typeof switchPage>;
