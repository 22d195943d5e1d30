import { z } from 'zod';
import type { Refusal } from '../../domain/errors.ts';
import { listOpenInvitations } from '../../domain/identity/invitations.ts';
import {
  changeStaffMember,
  endEverybodysSessions,
  inviteStaff,
  listStaff,
  listStaffRoles,
  withdrawStaffInvitation,
} from '../../domain/staff/team.ts';
import { setFlash } from '../../web/flash.ts';
import { foundSession } from '../../web/middleware/sessions.ts';
import { codeField, isAddress, parseForm, parseId, text } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';

const Invitation = z.object({ email: z.string().max(1000).catch(''), role: codeField });
type SentInvitation = z.infer<typeof Invitation>;
/** Who works here, with which role, and what the roles include. */
export async function showTeam(context: StaffRequest) {
  const refused = refusedForm(context.req, '/staff/team/invitations', Invitation);
  await renderTeam(context, refused && { typed: refused.typed, refusal: refused.refusal });
}

/** Invites somebody to the staff, by mail. */
export async function submitStaffInvitation(context: StaffRequest) {
  const { req, res, config, locale, viewer, t } = context;
  const sent = parseForm(req.body, Invitation);
  const email = sent.email.trim();
  if (!isAddress(email)) return renderTeam(context, { typed: sent, refusal: null });
  try {
    await inviteStaff(context, { by: viewer, email, role: sent.role, locale, seller: config.seller.name });
  } catch (error) {
    return renderTeam(context, { typed: sent, refusal: refusalToShow(error) });
  }
  setFlash(req, 'success', t('members.flash.invited', { email }));
  res.redirect(303, '/staff/team');
}

/** Takes an invitation back. */
export async function submitStaffInvitationWithdrawal({ req, res, db, clock, viewer, t }: StaffRequest) {
  await withdrawStaffInvitation(db, clock, { id: parseId(req.params['id']), by: viewer.userId });
  setFlash(req, 'success', t('members.flash.withdrawn'));
  res.redirect(303, '/staff/team');
}

const Change = z.object({
  role: codeField,
  access: z.enum(['on', 'off']),
  reason: text(500).catch(''),
});

/** Gives somebody another role, or keeps them out. */
export async function submitStaffRole(context: StaffRequest) {
  const { req, res, db, clock, viewer, t } = context;
  const userId = parseId(req.params['id']);
  const { role, access, reason } = parseForm(req.body, Change);
  try {
    await changeStaffMember(db, clock, { by: viewer.userId, userId, role, disabled: access === 'off', reason });
    setFlash(req, 'success', t('staff.team.flash.changed'));
  } catch (error) {
    setFlash(req, 'error', (await context.helpers()).refusalText(refusalToShow(error)));
  }
  res.redirect(303, '/staff/team');
}

/** Ends all sessions of everybody but this one: after a theft, say. */
export async function submitEverybodysSessionsEnd({ req, res, db, clock, viewer, t }: StaffRequest) {
  const count = await endEverybodysSessions(db, clock, { by: viewer.userId, except: foundSession(req.session)?.id });
  setFlash(req, 'success', t('security.flash.sessions_ended', { count }));
  res.redirect(303, '/staff/team');
}

interface RefusedInvitation {
  typed: SentInvitation;
  refusal: Refusal | null;
}

/** What was typed is no address; otherwise it is shown again to be sent once more. */
const isFaulty = (refused: RefusedInvitation | null): boolean =>
  refused !== null && refused.refusal === null && !isAddress(refused.typed.email.trim());

async function renderTeam(context: StaffRequest, refused: RefusedInvitation | null) {
  const status = refused?.refusal?.status ?? (isFaulty(refused) ? 422 : 200);
  await renderPage(context, 'staff/team', await teamPage(context, refused), { status });
}

async function teamPage(context: StaffRequest, refused: RefusedInvitation | null) {
  const { db, clock, viewer, t } = context;
  const [helpers, staff, roles, invitations] = await Promise.all([
    context.helpers(),
    listStaff(db),
    listStaffRoles(db),
    listOpenInvitations(db, clock, null),
  ]);
  return {
    title: t('staff.team.title'),
    staff: staff.map((member) => ({ ...member, self: member.id === viewer.userId })),
    roles: roles.map(({ code }) => ({ value: code, label: helpers.staffRoleText(code) })),
    roleWords: roles.map(({ code, rights }) => ({
      label: helpers.staffRoleText(code),
      value: rights.map(helpers.rightText).join('; '),
    })),
    invitations,
    typed: { email: refused?.typed.email ?? '', role: refused?.typed.role ?? 'support' },
    error: isFaulty(refused) ? t('errors.field.email') : null,
    refusal: refused?.refusal ?? null,
    mayEdit: viewer.rights.has('staff:edit'),
  };
}
export type TeamPage = PageOf<typeof teamPage>;
