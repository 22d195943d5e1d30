import { z } from 'zod';
import { MalformedRequest } from '../../domain/errors.ts';
import { COUNTRIES } from '../../domain/customers/countries.ts';
import { PROFILE_FIELDS, type Profile, type ProfileField } from '../../domain/customers/profile.ts';
import { text } from '../../web/parse-request.ts';
import type { CheckArguments, SelectOption } from '../../web/rendering/form-helpers.ts';
import type { ViewHelpers } from '../../web/rendering/view-helpers.ts';

type FieldError = 'too_long' | 'invalid' | 'phone' | 'required';

export interface ParsedProfile {
  /** Only the fields that were sent. */
  profile: Partial<Profile>;
  /** As typed, for showing the form again. */
  typed: Partial<Profile>;
  /** Each a sentence in `errors.field.<key>`. */
  errors: Partial<Record<ProfileField, FieldError>>;
}

/** What may be typed into the fields that are more than a line of text. */
const SPECIAL: Partial<Record<ProfileField, z.ZodType<string>>> = {
  country: z.union([z.literal(''), z.enum(COUNTRIES as [string, ...string[]])]),
  // As people write numbers; at least five digits.
  phone: text(40).refine(
    (value) => value === '' || (/^\+?[\d\s().-]+$/.test(value) && value.replace(/\D/g, '').length >= 5),
    { message: 'phone' },
  ),
};

/**
 * Reads the profile fields that a form sent; others are left alone.
 * @param required fields that may not be empty in this form
 */
export function parseProfile(body: unknown, required: ProfileField[] = []): ParsedProfile {
  const sent = (body ?? {}) as Record<string, unknown>;
  const result: ParsedProfile = { profile: {}, typed: {}, errors: {} };
  if (sent['kind'] === 'person' || sent['kind'] === 'company') result.profile.kind = result.typed.kind = sent['kind'];
  else if (sent['kind'] !== undefined) throw new MalformedRequest();
  for (const { field, name, max } of PROFILE_FIELDS) {
    const isRequired = required.includes(field);
    if (!(name in sent)) {
      if (isRequired) result.errors[field] = 'required';
      continue;
    }
    const value = sent[name];
    result.typed[field] = typeof value === 'string' ? value : '';
    const parsed = (SPECIAL[field] ?? text(max)).safeParse(value);
    if (!parsed.success) result.errors[field] = problemOf(parsed.error);
    else if (parsed.data === '' && isRequired) result.errors[field] = 'required';
    else result.profile[field] = parsed.data;
  }
  return result;
}

function problemOf(error: z.ZodError): FieldError {
  const [issue] = error.issues;
  if (issue?.code === 'too_big') return 'too_long';
  return issue?.message === 'phone' ? 'phone' : 'invalid';
}

/** A field of a profile as forms show it. */
export interface ProfileFormField {
  name: string;
  label: string;
  /** For whom it is needed. */
  note: string | null;
  type: 'text' | 'tel';
  autocomplete: string;
  value: string;
  error: string | null;
  /** Of a field that is chosen from a list. */
  options: SelectOption[] | null;
  /** Hidden while the form says that a person fills it in. */
  ofCompanies: boolean;
}

const AUTOCOMPLETE: Record<ProfileField, string> = {
  firstName: 'given-name',
  lastName: 'family-name',
  companyName: 'organization',
  registrationNumber: 'off',
  vatNumber: 'off',
  country: 'country',
  city: 'address-level2',
  address: 'address-line1',
  postalCode: 'postal-code',
  phone: 'tel',
};

/** The fields of a form, with what is known or was typed and what is wrong with it. */
export function profileFormFields(
  shown: ProfileField[],
  profile: Profile,
  parsed: ParsedProfile | null,
  helpers: ViewHelpers,
): ProfileFormField[] {
  const { t, profileField } = helpers;
  return PROFILE_FIELDS.filter(({ field }) => shown.includes(field)).map(({ field, name, requiredFor }) => {
    const error = parsed?.errors[field];
    return {
      name,
      label: profileField(field),
      note: requiredFor === 'nobody' ? null : t(NOTES[field] ?? 'profile.needed'),
      type: field === 'phone' ? 'tel' : 'text',
      autocomplete: AUTOCOMPLETE[field],
      value: parsed?.typed[field] ?? profile[field],
      error: error ? t(`errors.field.${error}`) : null,
      options: field === 'country' ? countryOptions(helpers) : null,
      ofCompanies: COMPANY_FIELDS.includes(field),
    };
  });
}

const NOTES: Partial<Record<ProfileField, 'profile.needed_or_vat_number'>> = {
  registrationNumber: 'profile.needed_or_vat_number',
};

/** What only a company has. */
export const COMPANY_FIELDS: ProfileField[] = ['companyName', 'registrationNumber', 'vatNumber'];

/** The countries by their names, to choose from. */
export const countryOptions = ({ t, countryName, locale }: ViewHelpers): SelectOption[] => [
  { value: '', label: t('profile.choose_country') },
  ...COUNTRIES.map((code) => ({ value: code, label: countryName(code) })).toSorted((a, b) =>
    a.label.localeCompare(b.label, locale),
  ),
];

/** The choice between a person and a company, with what is known or was chosen. */
export const kindChoices = (kind: Profile['kind'], { t }: ViewHelpers): CheckArguments[] =>
  (['person', 'company'] as const).map((each) => ({
    type: 'radio',
    name: 'kind',
    value: each,
    checked: each === kind,
    label: t(`terms.customer_kind.${each}`),
  }));

/** What is wrong in the form, with a link to each field. */
export function profileErrors({ errors }: ParsedProfile, { t, profileField }: ViewHelpers) {
  return PROFILE_FIELDS.flatMap(({ field, name }) => {
    const error = errors[field];
    return error ? [{ href: `#${name}`, text: `${profileField(field)}: ${t(`errors.field.${error}`)}` }] : [];
  });
}
