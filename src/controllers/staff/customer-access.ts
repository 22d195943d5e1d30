import { z } from 'zod';
import { nameOf } from '../../domain/customers/profile.ts';
import { getCustomer } from '../../domain/customers/customer-queries.ts';
import { listMembers } from '../../domain/identity/members.ts';
import { listSignIns } from '../../domain/identity/sign-in-history.ts';
import { approveFactorRemoval, askForFactorRemoval, listFactorRemovals } from '../../domain/staff/factor-removals.ts';
import { getBlock } from '../../domain/staff/customer-access-queries.ts';
import { type AccessChange, correctEmail, endSessionsOf, sendReset, unlock } from '../../domain/staff/manage-access.ts';
import { blockCustomer, unblockCustomer } from '../../domain/staff/manage-customer.ts';
import { setFlash } from '../../web/flash.ts';
import { emailField, parseForm, parseId, text } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';

const SIGN_INS_SHOWN = 10;

/** Who may sign in for a customer, what went wrong, and what staff can do about it. */
export async function showCustomerAccess(context: StaffRequest) {
  await renderPage(context, 'staff/customer-access', await accessPage(context));
}

const Reason = z.object({ reason: z.string().max(1000).catch('') });
const KeptReason = text(500).pipe(z.string().min(1));

/**
 * Does something with the reason that was given, and leads back to the page; without one nothing is done.
 * @param said what is said where it went well
 */
async function withReason(context: StaffRequest, work: (reason: string) => Promise<void>, said: string) {
  const { req, res, t } = context;
  const reason = KeptReason.safeParse(parseForm(req.body, Reason).reason);
  if (!reason.success) setFlash(req, 'error', t('errors.field.reason'));
  else
    try {
      await work(reason.data);
      setFlash(req, 'success', said);
    } catch (error) {
      setFlash(req, 'error', (await context.helpers()).refusalText(refusalToShow(error)));
    }
  res.redirect(303, `/staff/customers/${parseId(req.params['id'])}/access`);
}

const changeOf = ({ req, viewer }: StaffRequest, reason: string): AccessChange => ({
  by: viewer.userId,
  customerId: parseId(req.params['id']),
  userId: parseId(req.params['user']),
  reason,
});

const NewEmail = z.object({ email: z.string().max(1000).catch('') });
/** Corrects the e-mail of a member. */
export async function submitEmailCorrection(context: StaffRequest) {
  const { req, res, t } = context;
  const email = emailField.safeParse(parseForm(req.body, NewEmail).email.trim());
  if (!email.success) {
    setFlash(req, 'error', t('errors.field.email'));
    return res.redirect(303, `/staff/customers/${parseId(req.params['id'])}/access`);
  }
  const correct = (reason: string) => correctEmail(context, changeOf(context, reason), email.data);
  await withReason(context, correct, t('staff.access.flash.email', { email: email.data }));
}

/** Sends a member the link for a new password. */
export async function submitReset(context: StaffRequest) {
  await withReason(
    context,
    (reason) => sendReset(context, changeOf(context, reason)),
    context.t('staff.access.flash.reset'),
  );
}

/** Forgets a member's wrong attempts. */
export async function submitUnlock(context: StaffRequest) {
  const { db, clock, throttle, t } = context;
  await withReason(
    context,
    (reason) => unlock(db, clock, throttle, changeOf(context, reason)),
    t('staff.access.flash.unlocked'),
  );
}

/** Announces that a member's second factor will be removed. */
export async function submitFactorRemoval(context: StaffRequest) {
  const ask = (reason: string) => askForFactorRemoval(context, changeOf(context, reason));
  await withReason(context, ask, context.t('staff.access.flash.removal_asked'));
}

/** A second member of staff agrees to it. */
export async function submitFactorRemovalApproval(context: StaffRequest) {
  const { db, clock, t } = context;
  const approve = (reason: string) => approveFactorRemoval(db, clock, changeOf(context, reason));
  await withReason(context, approve, t('staff.access.flash.removal_approved'));
}

/** Ends a member's sessions. */
export async function submitSessionsEndOf(context: StaffRequest) {
  const { db, clock, t } = context;
  await withReason(
    context,
    (reason) => endSessionsOf(db, clock, changeOf(context, reason)),
    t('staff.access.flash.sessions'),
  );
}

const BlockText = z.object({ text: text(500).catch('') });

/** Blocks a customer, with what they are told. */
export async function submitBlock(context: StaffRequest) {
  const { req, db, clock, viewer, t } = context;
  const customerId = parseId(req.params['id']);
  const { text: shown } = parseForm(req.body, BlockText);
  const block = (reason: string) => blockCustomer(db, clock, { by: viewer.userId, customerId, reason, text: shown });
  await withReason(context, block, t('staff.access.flash.blocked'));
}

/** Takes the block back. */
export async function submitUnblock(context: StaffRequest) {
  const { req, db, clock, viewer, t } = context;
  const customerId = parseId(req.params['id']);
  const unblock = (reason: string) => unblockCustomer(db, clock, { by: viewer.userId, customerId, reason });
  await withReason(context, unblock, t('staff.access.flash.unblocked'));
}

async function accessPage({ req, db, viewer, t }: StaffRequest) {
  const customer = await getCustomer(db, parseId(req.params['id']));
  const [members, block, removals] = await Promise.all([
    listMembers(db, customer.id),
    getBlock(db, customer.id),
    listFactorRemovals(db, customer.id),
  ]);
  const signIns = await Promise.all(
    members.map(({ userId }) => listSignIns(db, userId, { limit: SIGN_INS_SHOWN, offset: 0 })),
  );
  return {
    title: t('staff.access.title'),
    customerId: customer.id,
    name: nameOf(customer) || `#${customer.id}`,
    members: members.map((member, index) => ({
      ...member,
      signIns: signIns[index] ?? [],
      removal: removals.find(({ userId }) => userId === member.userId) ?? null,
    })),
    self: viewer.userId,
    block,
    maySecure: viewer.rights.has('customers:security'),
    mayBlock: viewer.rights.has('customers:block'),
  };
}
export type CustomerAccessPage = PageOf<typeof accessPage>;
