/** The buyer's details as an invoice keeps them: as they were when it was issued. */
export interface Buyer {
  customerId: number;
  kind: 'person' | 'company';
  firstName: string;
  lastName: string;
  companyName: string;
  registrationNumber: string;
  vatNumber: string;
  country: string;
  city: string;
  address: string;
  postalCode: string;
}

/** Them in SQL, from `customers as c`. */
export const BUYER = `jsonb_build_object('customerId', c.id, 'kind', c.kind, 'firstName', c.first_name, 'lastName', c.last_name,
  'companyName', c.company_name, 'registrationNumber', c.registration_number, 'vatNumber', c.vat_number, 'country', c.country,
  'city', c.city, 'address', c.address, 'postalCode', c.postal_code)`;
