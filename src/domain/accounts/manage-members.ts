import type { Locale } from '../../platform/i18n/locale.ts';
import { unlessTaken } from '../../platform/db/unique-violation.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { AlreadyMember, Forbidden, LinkInvalid, OtherKindOfUser, TooManyInvitations } from '../errors.ts';
import { isEmailTaken } from '../identity/email-taken.ts';
import { createUser } from '../identity/create-user.ts';
import {
  findInvitation,
  type Invited,
  makeInvitation,
  useInvitation,
  withdrawInvitationsBy,
} from '../identity/invitations.ts';
import { addMember, assertOwnerLeft, lockMember } from '../identity/members.ts';
import type { PasswordRules } from '../identity/password-policy.ts';
import { hashPassword } from '../identity/passwords.ts';
import { type ExtraRight, type MemberRight, memberRights, type MemberRole } from '../identity/rights.ts';
import { enqueueAddressMail, enqueueUserMail } from '../notifications/enqueue-user-mail.ts';
import { assertGoodPassword } from './change-password.ts';
import { sealedLink } from './mail-link.ts';
import type { AccountServices } from './register.ts';

/** Who manages the members of a customer. */
export interface Manager {
  userId: number;
  email: string;
  customerId: number;
  rights: ReadonlySet<MemberRight>;
}

/** A role with what is given besides. */
export interface Grant {
  role: MemberRole;
  rights: ExtraRight[];
}

const MOST_OPEN = 20;

/** Nobody gives more than they have. @throws {Forbidden} */
function assertMayGive({ rights }: Manager, grant: Grant) {
  for (const right of memberRights(grant.role, grant.rights)) if (!rights.has(right)) throw new Forbidden();
}

/**
 * Invites somebody to act for a customer, by mail; whether there is a user with that e-mail is told to nobody.
 * @throws {Forbidden} @throws {AlreadyMember} @throws {TooManyInvitations}
 */
export async function inviteMember(
  { db, clock, sealing }: AccountServices,
  {
    manager,
    email,
    grant,
    customer,
    locale,
  }: {
    manager: Manager;
    email: string;
    grant: Grant;
    /** What the customer is called. */
    customer: string;
    locale: Locale;
  },
): Promise<void> {
  assertMayGive(manager, grant);
  const { customerId, userId } = manager;
  await inTransaction(db, async (trx) => {
    // Invitations of a customer are counted one after the other.
    await trx('customers').where({ id: customerId }).forUpdate().first('id');
    const member = await trx('memberships as m')
      .join('users as u', 'u.id', 'm.user_id')
      .where({ 'm.customer_id': customerId, 'u.email': email })
      .first('m.id');
    if (member) throw new AlreadyMember();
    const open = await trx('invitations')
      .where({ customer_id: customerId, used_at: null })
      .where('expires_at', '>', clock.now())
      .pluck<string[]>('email');
    if (open.filter((each) => each.toLowerCase() !== email.toLowerCase()).length >= MOST_OPEN)
      throw new TooManyInvitations();
    const token = await makeInvitation(trx, clock, { email, invitedBy: userId, to: { customerId, ...grant } });
    await enqueueAddressMail(trx, clock, {
      kind: 'member_invited',
      recipient: email,
      locale,
      userId: null,
      data: { inviter: manager.email, account: customer, ...sealedLink(sealing, `/invitations/${token}`) },
    });
  });
}

/**
 * Gives a member another role.
 * @throws {NotFound} @throws {Forbidden} @throws {LastOwner}
 */
export async function changeMember(
  { db, clock }: AccountServices,
  { manager, membershipId, grant }: { manager: Manager; membershipId: number; grant: Grant },
): Promise<void> {
  assertMayGive(manager, grant);
  const { customerId } = manager;
  await inTransaction(db, async (trx) => {
    const { userId } = await lockMember(trx, { customerId, membershipId });
    await trx('memberships').where({ id: membershipId }).update({ role: grant.role, rights: grant.rights });
    await assertOwnerLeft(trx, customerId);
    if (!memberRights(grant.role, []).has('members')) await withdrawInvitationsBy(trx, clock, { userId, customerId });
    if (userId !== manager.userId) await enqueueUserMail(trx, clock, { userId, kind: 'member_changed' });
  });
}

/**
 * Removes a member, or lets one leave; it counts from their next request.
 * @throws {NotFound} @throws {LastOwner}
 */
export async function removeMember(
  { db, clock }: Pick<AccountServices, 'db' | 'clock'>,
  { customerId, membershipId, by, account }: { customerId: number; membershipId: number; by: number; account: string },
): Promise<{ email: string }> {
  return inTransaction(db, async (trx) => {
    const { userId, email } = await lockMember(trx, { customerId, membershipId });
    await trx('memberships').where({ id: membershipId }).delete();
    await assertOwnerLeft(trx, customerId);
    await withdrawInvitationsBy(trx, clock, { userId, customerId });
    if (userId !== by) await enqueueUserMail(trx, clock, { userId, kind: 'member_removed', data: { account } });
    return { email };
  });
}

/**
 * Makes somebody who is signed in what they were invited to be.
 * @throws {LinkInvalid} @throws {Forbidden} when it was another address that was invited @throws {OtherKindOfUser}
 */
export async function acceptInvitation(
  { db, clock }: AccountServices,
  { token, userId }: { token: string; userId: number },
): Promise<Invited> {
  return inTransaction(db, async (trx) => {
    const { email, to } = await useInvitation(trx, clock, { token, acceptedBy: userId });
    const user = await trx('users')
      .where({ id: userId })
      .first<{ email: string; kind: 'member' | 'staff' }>('email', 'kind');
    if (user.email.toLowerCase() !== email.toLowerCase()) throw new Forbidden();
    // Nobody becomes staff who is a customer: staff have addresses of their own.
    if (user.kind === 'staff' || 'staffRole' in to) throw new OtherKindOfUser();
    await addMember(trx, clock, { userId, ...to });
    // The link came to that address.
    await trx('users')
      .where({ id: userId, email_confirmed_at: null })
      .update({ email_confirmed_at: clock.now(), confirm_by: null });
    return to;
  });
}

/**
 * Makes a user of somebody who was invited and has no account yet.
 * @throws {LinkInvalid} also when there is an account meanwhile @throws {PasswordWeak}
 */
export async function acceptAsNewUser(
  { db, clock }: AccountServices,
  { token, password, rules, locale }: { token: string; password: string; rules: PasswordRules; locale: Locale },
): Promise<{ userId: number; email: string }> {
  const { email } = await findInvitation(db, clock, token);
  await assertGoodPassword(password, rules);
  const passwordHash = await hashPassword(password);
  return inTransaction(db, async (trx) => {
    if (await isEmailTaken(trx, clock, email)) throw new LinkInvalid();
    const { to } = await findInvitation(trx, clock, token);
    const belongsTo = 'staffRole' in to ? { staffRole: to.staffRole } : null;
    const newUser = { email, passwordHash, locale, confirmed: true, belongsTo };
    const userId = await unlessTaken(createUser(trx, clock, newUser), () => new LinkInvalid());
    await useInvitation(trx, clock, { token, acceptedBy: userId });
    if ('customerId' in to) await addMember(trx, clock, { userId, ...to });
    return { userId, email };
  });
}
