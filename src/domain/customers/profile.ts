/** Personal data of a customer, as typed; empty strings where nothing is known. */
export interface Profile {
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
  phone: string;
}

export type ProfileField = Exclude<keyof Profile, 'kind'>;

const REQUIRED: ProfileField[] = ['firstName', 'lastName', 'country', 'city', 'address', 'phone'];

/**
 * What must be filled in before anything can be paid (rule P1). For a company one of registration and VAT number is
 * enough; the registration number stands for both.
 */
export function missingFields(profile: Profile): ProfileField[] {
  const missing = REQUIRED.filter((field) => profile[field].trim() === '');
  if (profile.kind === 'company') {
    if (profile.companyName.trim() === '') missing.unshift('companyName');
    if (profile.registrationNumber.trim() === '' && profile.vatNumber.trim() === '') missing.push('registrationNumber');
  }
  return missing;
}
