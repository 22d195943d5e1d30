import { CustomerBlocked, EmailNotConfirmed, Forbidden } from '../domain/errors.ts';
import type { MemberRight, StaffRight } from '../domain/identity/rights.ts';
import type { CustomerViewer, StaffViewer, Viewer } from '../domain/identity/user-queries.ts';

/** Who may use a route: lets a viewer in, with the type the handler can rely on, or throws. */
export interface Guard<V> {
  name: string;
  admit(viewer: Viewer | null): V;
}

/** Nobody is signed in where somebody must be; the visitor is sent to the sign-in page. */
export class SignInRequired extends Error {}

export const anyone: Guard<Viewer | null> = { name: 'anyone', admit: (viewer) => viewer };

export const signedIn: Guard<Viewer> = {
  name: 'signed-in',
  admit(viewer) {
    if (!viewer) throw new SignInRequired();
    return viewer;
  },
};

/** A member of a customer who has one of the rights; one for whom it waits is told what to do. */
export const customer = (...rights: MemberRight[]): Guard<CustomerViewer> => ({
  name: `customer(${rights.join(' or ')})`,
  admit(viewer) {
    if (!viewer) throw new SignInRequired();
    return assertMay(assertMember(viewer), ...rights);
  },
});

/** One of the rights is enough. @throws {EmailNotConfirmed} @throws {Forbidden} */
export function assertMay(viewer: CustomerViewer, ...rights: MemberRight[]): CustomerViewer {
  if (rights.some((right) => viewer.rights.has(right))) return viewer;
  throw rights.some((right) => viewer.waitingRights.has(right)) ? new EmailNotConfirmed() : new Forbidden();
}

/** Any member of a customer. */
export const member: Guard<CustomerViewer> = {
  name: 'member',
  admit(viewer) {
    if (!viewer) throw new SignInRequired();
    return assertMember(viewer);
  },
};

/** @throws {Forbidden} @throws {CustomerBlocked} */
export function assertMember(viewer: Viewer): CustomerViewer {
  if (viewer.kind !== 'customer') throw new Forbidden();
  if (viewer.blocked !== null) throw new CustomerBlocked({ text: viewer.blocked });
  return viewer;
}

/** Staff whose role has the right. */
export const staff = (right: StaffRight): Guard<StaffViewer> => ({
  name: `staff(${right})`,
  admit(viewer) {
    if (!viewer) throw new SignInRequired();
    if (viewer.kind !== 'staff' || !viewer.rights.has(right)) throw new Forbidden();
    return viewer;
  },
});
