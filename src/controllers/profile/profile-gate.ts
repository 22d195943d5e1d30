import type { Customer } from '../../domain/customers/customer-queries.ts';
import { missingFields, type ProfileField } from '../../domain/customers/profile.ts';
import type { CheckArguments } from '../../web/rendering/form-helpers.ts';
import type { ViewHelpers } from '../../web/rendering/view-helpers.ts';
import {
  COMPANY_FIELDS,
  kindChoices,
  type ParsedProfile,
  profileErrors,
  type ProfileFormField,
  profileFormFields,
} from './profile-form.ts';

/** The form for the missing fields. */
export interface ProfileGate {
  /** Their labels. */
  missing: string[];
  kinds: CheckArguments[];
  fields: ProfileFormField[];
  errors: { href: string; text: string }[];
  /** The payment that waits for them. */
  returnTo: string;
}

/** What is shown instead of a payment while fields are missing; null when nothing is (rule P2). */
export function profileGate(
  customer: Customer,
  missing: ProfileField[],
  returnTo: string,
  helpers: ViewHelpers,
): ProfileGate | null {
  return missing.length === 0 ? null : gateWith(customer, missing, null, returnTo, helpers);
}

/** The form, with what was typed into it. */
export function gateWith(
  customer: Customer,
  missing: ProfileField[],
  parsed: ParsedProfile | null,
  returnTo: string,
  helpers: ViewHelpers,
): ProfileGate {
  return {
    missing: missing.map(helpers.profileField),
    kinds: kindChoices(parsed?.typed.kind ?? customer.kind, helpers),
    fields: profileFormFields([...missing, ...missingOfCompany(customer)], customer, parsed, helpers),
    errors: parsed ? profileErrors(parsed, helpers) : [],
    returnTo,
  };
}

/** What is asked for as well, should it be a company that pays. */
function missingOfCompany(customer: Customer): ProfileField[] {
  const missing = missingFields({ ...customer, kind: 'company' });
  return COMPANY_FIELDS.filter((field) => missing.includes(field === 'vatNumber' ? 'registrationNumber' : field));
}
