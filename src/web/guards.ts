import { Forbidden } from '../domain/errors.ts';
import type { CustomerViewer, StaffRole, StaffViewer, Viewer } from '../domain/identity/user-queries.ts';

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

export const customer: Guard<CustomerViewer> = {
  name: 'customer',
  admit(viewer) {
    if (!viewer) throw new SignInRequired();
    if (viewer.kind !== 'customer') throw new Forbidden();
    return viewer;
  },
};

/** Each role may do what those before it may: support reads, billing moves money, admin does all. */
const RANK: StaffRole[] = ['support', 'billing', 'admin'];

export function mayAct(viewer: StaffViewer, role: StaffRole): boolean {
  return RANK.indexOf(viewer.role) >= RANK.indexOf(role);
}

export function staff(role: StaffRole): Guard<StaffViewer> {
  return {
    name: `staff(${role})`,
    admit(viewer) {
      if (!viewer) throw new SignInRequired();
      if (viewer.kind !== 'staff' || !mayAct(viewer, role)) throw new Forbidden();
      return viewer;
    },
  };
}
