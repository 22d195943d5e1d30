import { z } from 'zod';
import type { Refusal } from '../../domain/errors.ts';
import { listOpenInvitations, withdrawInvitation } from '../../domain/identity/invitations.ts';
import { listMembers } from '../../domain/identity/members.ts';
import {
  type ExtraRight,
  EXTRA_RIGHTS,
  MEMBER_ROLES,
  type MemberRole,
  RIGHTS_OF_ROLE,
} from '../../domain/identity/rights.ts';
import {
  addBillingContact,
  listBillingContacts,
  MOST_BILLING_CONTACTS,
  removeBillingContact,
} from '../../domain/customers/billing-contacts.ts';
import { changeMember, inviteMember, type Manager, removeMember } from '../../domain/accounts/manage-members.ts';
import { setFlash } from '../../web/flash.ts';
import { emailField, isAddress, oneOrMore, parseForm, parseId } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';

const GrantForm = { role: z.enum(MEMBER_ROLES), right: oneOrMore(z.enum(EXTRA_RIGHTS)).optional().catch([]) };
const Invitation = z.object({ ...GrantForm, email: z.string().max(1000).catch('') });
type SentInvitation = z.infer<typeof Invitation>;
const Change = z.object(GrantForm);
/** Who acts for the customer. */
export async function showMembers(context: CustomerRequest) {
  const refused = refusedForm(context.req, '/members/invitations', Invitation);
  await renderMembers(context, refused && { typed: refused.typed, refusal: refused.refusal });
}

/** Invites somebody by mail. */
export async function submitInvitation(context: CustomerRequest) {
  const { req, res, viewer, locale, accountLimits, t } = context;
  const sent = parseForm(req.body, Invitation);
  const email = sent.email.trim();
  if (!isAddress(email)) return renderMembers(context, { typed: sent, refusal: null });
  try {
    await accountLimits.admitMailOf(viewer.userId, email);
    await inviteMember(context, {
      manager: managerOf(context),
      email,
      grant: grantOf(sent),
      customer: viewer.name,
      locale,
    });
  } catch (error) {
    return renderMembers(context, { typed: sent, refusal: refusalToShow(error) });
  }
  setFlash(req, 'success', t('members.flash.invited', { email }));
  res.redirect(303, '/members');
}

/** Takes an invitation back; its link does nothing any more. */
export async function submitInvitationWithdrawal({ req, res, db, clock, viewer, t }: CustomerRequest) {
  await withdrawInvitation(db, clock, { id: parseId(req.params['id']), customerId: viewer.customerId });
  setFlash(req, 'success', t('members.flash.withdrawn'));
  res.redirect(303, '/members');
}

/** Gives a member another role. */
export async function submitMemberRole(context: CustomerRequest) {
  const { req, res, t } = context;
  const membershipId = parseId(req.params['id']);
  const grant = grantOf(parseForm(req.body, Change));
  try {
    await changeMember(context, { manager: managerOf(context), membershipId, grant });
    setFlash(req, 'success', t('members.flash.changed'));
  } catch (error) {
    await flashRefusal(context, error);
  }
  res.redirect(303, '/members');
}

/** Removes a member; it counts from their next request. */
export async function submitMemberRemoval(context: CustomerRequest) {
  const { req, res, db, clock, viewer, t } = context;
  const membershipId = parseId(req.params['id']);
  const { customerId, userId, name } = viewer;
  try {
    const { email } = await removeMember({ db, clock }, { customerId, membershipId, by: userId, account: name });
    setFlash(req, 'success', t('members.flash.removed', { email }));
  } catch (error) {
    await flashRefusal(context, error);
  }
  res.redirect(303, '/members');
}

async function flashRefusal(context: CustomerRequest, error: unknown) {
  setFlash(context.req, 'error', (await context.helpers()).refusalText(refusalToShow(error)));
}

const Contact = z.object({ email: z.string().max(1000).catch('') });

/** Adds an address that gets invoices. */
export async function submitBillingContact({ req, res, db, clock, viewer, locale, t }: CustomerRequest) {
  const { email } = parseForm(req.body, Contact);
  const address = emailField.safeParse(email.trim());
  if (!address.success) {
    setFlash(req, 'error', t('errors.field.email'));
    return res.redirect(303, '/members');
  }
  const { customerId } = viewer;
  await addBillingContact(db, clock, { customerId, email: address.data, locale });
  setFlash(req, 'success', t('members.flash.contact_added', { email: address.data }));
  res.redirect(303, '/members');
}

export async function submitBillingContactRemoval({ req, res, db, viewer, t }: CustomerRequest) {
  await removeBillingContact(db, { customerId: viewer.customerId, id: parseId(req.params['id']) });
  setFlash(req, 'success', t('members.flash.contact_removed'));
  res.redirect(303, '/members');
}

const managerOf = ({ viewer: { userId, email, customerId, rights } }: CustomerRequest): Manager => ({
  userId,
  email,
  customerId,
  rights,
});

/** What comes with the role anyway is not kept besides. */
const grantOf = ({ role, right = [] }: { role: MemberRole; right?: ExtraRight[] | undefined }) => ({
  role,
  rights: right.filter((each) => !RIGHTS_OF_ROLE[role].includes(each)),
});

interface RefusedInvitation {
  typed: SentInvitation;
  refusal: Refusal | null;
}

/** What was typed is no address; otherwise it is shown again to be sent once more. */
const isFaulty = (refused: RefusedInvitation | null): boolean =>
  refused !== null && refused.refusal === null && !isAddress(refused.typed.email.trim());

async function renderMembers(context: CustomerRequest, refused: RefusedInvitation | null) {
  const status = refused?.refusal?.status ?? (isFaulty(refused) ? 422 : 200);
  await renderPage(context, 'members/index', await membersPage(context, refused), { status });
}

async function membersPage(context: CustomerRequest, refused: RefusedInvitation | null) {
  const { db, clock, viewer, t } = context;
  const { customerId } = viewer;
  const [{ rightText }, members, invitations, contacts] = await Promise.all([
    context.helpers(),
    listMembers(db, customerId),
    listOpenInvitations(db, clock, customerId),
    listBillingContacts(db, customerId),
  ]);
  const extraOf = (given: readonly ExtraRight[]) =>
    EXTRA_RIGHTS.map((right) => ({
      type: 'checkbox' as const,
      name: 'right',
      value: right,
      checked: given.includes(right),
      label: rightText(right),
    }));
  const isInvalid = isFaulty(refused);
  return {
    title: t('members.title'),
    members: members.map((member) => ({
      ...member,
      self: member.userId === viewer.userId,
      extra: extraOf(member.rights),
    })),
    invitations,
    contacts,
    mayAddContact: contacts.length < MOST_BILLING_CONTACTS,
    roles: MEMBER_ROLES.map((role) => ({ value: role, label: t(`terms.member_role.${role}`) })),
    roleWords: MEMBER_ROLES.map((role) => ({
      label: t(`terms.member_role.${role}`),
      value: t(`terms.member_role_about.${role}`),
    })),
    typed: { email: refused?.typed.email ?? '', role: refused?.typed.role ?? 'billing' },
    extra: extraOf(refused?.typed.right ?? []),
    error: isInvalid ? t('errors.field.email') : null,
    refusal: refused?.refusal ?? null,
  };
}
export type MembersPage = PageOf<typeof membersPage>;
