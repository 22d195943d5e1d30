import { z } from 'zod';
import { PasswordWeak, type Refusal } from '../domain/errors.ts';
import { findInvitation, type Invited } from '../domain/identity/invitations.ts';
import { actFor } from '../domain/identity/sessions.ts';
import { findCredentials } from '../domain/identity/user-queries.ts';
import { getCustomer } from '../domain/customers/customer-queries.ts';
import { nameOf } from '../domain/customers/profile.ts';
import { acceptAsNewUser, acceptInvitation } from '../domain/accounts/manage-members.ts';
import { setFlash, setVisitorFlash } from '../web/flash.ts';
import { listHref } from '../web/list-address.ts';
import { foundSession } from '../web/middleware/sessions.ts';
import { parseForm } from '../web/parse-request.ts';
import { passwordRulesFor } from '../web/password-rules.ts';
import { refusalToShow } from '../web/refusal-to-show.ts';
import { type PageOf, renderPage } from '../web/rendering/render-page.ts';
import type { RequestContext } from '../web/request-context.ts';

const Form = z.object({ password: z.string().max(1000).catch('') });

/** The page behind the link: what somebody is invited to, and what it takes to accept. */
export async function showInvitation(context: RequestContext) {
  await renderInvitation(context, null);
}

/** Accepts: as who is signed in, or, of an address without an account, with a new password. */
export async function submitInvitationAnswer(context: RequestContext) {
  const { req, res, db, clock, viewer, config, locale, t } = context;
  const token = String(req.params['token']);
  const invitation = await findInvitation(db, clock, token);
  if (viewer) {
    let to: Invited;
    try {
      to = await acceptInvitation(context, { token, userId: viewer.userId });
    } catch (error) {
      return renderInvitation(context, refusalToShow(error));
    }
    if ('customerId' in to) {
      await actFor(db, { sessionId: foundSession(req.session)?.id ?? 0, customerId: to.customerId });
      req.session.actingFor = to.customerId;
    }
    delete req.session.csrfToken;
    setFlash(req, 'success', t('members.flash.accepted'));
    return res.redirect(303, '/');
  }
  if (await findCredentials(db, invitation.email))
    return res.redirect(303, listHref('/login', {}, { next: `/invitations/${token}`, email: invitation.email }));
  const { password } = parseForm(req.body, Form);
  const rules = passwordRulesFor(config, personOf(invitation));
  try {
    await acceptAsNewUser(context, { token, password, rules, locale });
  } catch (error) {
    return renderInvitation(context, refusalToShow(error));
  }
  setVisitorFlash(res, 'invitation_accepted');
  res.redirect(303, listHref('/login', {}, { email: invitation.email }));
}

type Found = Awaited<ReturnType<typeof findInvitation>>;

const personOf = ({ email, to }: Found) =>
  ({ kind: 'staffRole' in to ? 'staff' : 'customer', email, name: '', hasFactor: false }) as const;

async function renderInvitation(context: RequestContext, refusal: Refusal | null) {
  const page = await invitationPage(context, refusal);
  await renderPage(context, 'invitation', page, { status: refusal?.status ?? 200, layout: 'bare' });
}

async function invitationPage({ req, db, clock, viewer, config, t }: RequestContext, refusal: Refusal | null) {
  const token = String(req.params['token']);
  const invitation = await findInvitation(db, clock, token);
  const { email, to } = invitation;
  const isStaff = 'staffRole' in to;
  const account = isStaff ? config.seller.name : nameOf(await getCustomer(db, to.customerId)) || `#${to.customerId}`;
  const known = (await findCredentials(db, email)) !== null;
  const isOfPassword = refusal instanceof PasswordWeak;
  const self = viewer?.email.toLowerCase() === email.toLowerCase();
  return {
    title: t('members.invitation.title', { account }),
    token,
    email,
    role: isStaff ? null : t(`terms.member_role.${to.role}`),
    about: isStaff ? t('members.invitation.staff') : t(`terms.member_role_about.${to.role}`),
    /** What it takes to accept. */
    way: viewer ? (self ? 'accept' : 'other') : known ? 'sign_in' : 'choose_password',
    signInHref: listHref('/login', {}, { next: `/invitations/${token}`, email }),
    viewerEmail: viewer?.email ?? '',
    minimum: passwordRulesFor(config, personOf(invitation)).minimum,
    refusal: isOfPassword ? null : refusal,
    passwordRefusal: isOfPassword ? refusal : null,
  };
}
export type InvitationPage = PageOf<typeof invitationPage>;
