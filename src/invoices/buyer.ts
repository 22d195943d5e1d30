import type { Profile } from '../customers/profile.ts';

/** The buyer's details as an invoice keeps them: as they were when it was issued. */
export type Buyer = { customerId: number } & Omit<Profile, 'phone'>;

/** Them in SQL, from `customers as c`. */
export const BUYER = `jsonb_build_object('customerId', c.id, 'kind', c.kind, 'firstName', c.first_name, 'lastName', c.last_name,
  'companyName', c.company_name, 'registrationNumber', c.registration_number, 'vatNumber', c.vat_number, 'country', c.country,
  'city', c.city, 'address', c.address, 'postalCode', c.postal_code)`;
