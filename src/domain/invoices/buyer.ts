import type { Profile } from '../customers/profile.ts';

/**
 * The buyer's details as an invoice keeps them (rule I3): as they were when it was issued, or, where the profile lacked
 * something then, when it was paid.
 */
export type Buyer = { customerId: number } & Omit<Profile, 'phone'>;

/** Columns of a new invoice, in SQL, from `customers as c`. The functions are the database's own. */
export const BUYER = 'buyer_of(c)';
export const BUYER_FINAL = 'is_profile_complete(c)';

/** The buyer of `invoices as i`, in SQL: while that is open, the customer as they are now. */
export const BUYER_SHOWN = 'case when i.buyer_final then i.buyer else buyer_of(c) end';
