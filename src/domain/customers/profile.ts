/**
 * The fields of a profile, in the order in which forms and pages show them: its property, its name in forms and in the
 * table, the most characters it takes, and for whom it has to be filled in before anything can be paid (rule P1). For a
 * company one of registration and VAT number is enough; the registration number stands for both.
 */
export const PROFILE_FIELDS = [
  { field: 'firstName', name: 'first_name', max: 100, requiredFor: 'everybody' },
  { field: 'lastName', name: 'last_name', max: 100, requiredFor: 'everybody' },
  { field: 'companyName', name: 'company_name', max: 200, requiredFor: 'companies' },
  { field: 'registrationNumber', name: 'registration_number', max: 50, requiredFor: 'companies' },
  { field: 'vatNumber', name: 'vat_number', max: 50, requiredFor: 'nobody' },
  { field: 'country', name: 'country', max: 2, requiredFor: 'everybody' },
  { field: 'city', name: 'city', max: 100, requiredFor: 'everybody' },
  { field: 'address', name: 'address', max: 300, requiredFor: 'everybody' },
  { field: 'postalCode', name: 'postal_code', max: 20, requiredFor: 'nobody' },
  { field: 'phone', name: 'phone', max: 40, requiredFor: 'everybody' },
] as const;

export type ProfileField = (typeof PROFILE_FIELDS)[number]['field'];
export type ProfileFieldName = (typeof PROFILE_FIELDS)[number]['name'];

/** The name of a field in forms, in the table and in the words (`terms.profile_field`). @throws {Error} for no field */
export function profileFieldName(field: ProfileField): ProfileFieldName {
  const found = PROFILE_FIELDS.find((candidate) => candidate.field === field);
  if (!found) throw new Error(`A profile has no field ${field}`);
  return found.name;
}

/** Personal data of a customer, as typed; empty strings where nothing is known. */
export type Profile = { kind: 'person' | 'company' } & Record<ProfileField, string>;

/** The name of a person, or that of a company; '' where neither is known. */
export const nameOf = ({ companyName, firstName, lastName }: Profile): string =>
  companyName || `${firstName} ${lastName}`.trim();

/** What must be filled in before anything can be paid (rule P1). */
export function missingFields(profile: Profile): ProfileField[] {
  const isCompany = profile.kind === 'company';
  const required = PROFILE_FIELDS.filter(
    ({ requiredFor }) => requiredFor === 'everybody' || (isCompany && requiredFor === 'companies'),
  );
  const valueOf = (field: ProfileField) =>
    field === 'registrationNumber' ? profile.registrationNumber + profile.vatNumber : profile[field];
  return required.map(({ field }) => field).filter((field) => valueOf(field).trim() === '');
}
