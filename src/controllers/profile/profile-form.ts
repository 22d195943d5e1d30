import { z } from 'zod';
import { MalformedRequest } from '../../domain/errors.ts';
import { COUNTRIES } from '../../domain/customers/countries.ts';
import type { Profile, ProfileField } from '../../domain/customers/profile.ts';
import { text } from '../../web/parse-request.ts';

/** The fields of a profile as forms send them: snake_case, empty where nothing is known. */
const FIELDS = {
  first_name: text(100),
  last_name: text(100),
  company_name: text(200),
  registration_number: text(50),
  vat_number: text(50),
  country: z.union([z.literal(''), z.enum(COUNTRIES as [string, ...string[]])]),
  city: text(100),
  address: text(300),
  postal_code: text(20),
  // As people write numbers; at least five digits.
  phone: text(40).refine(
    (value) => value === '' || (/^\+?[\d\s().-]+$/.test(value) && value.replace(/\D/g, '').length >= 5),
    {
      message: 'phone',
    },
  ),
};

type FieldName = keyof typeof FIELDS;

const NAMES: Record<FieldName, ProfileField> = {
  first_name: 'firstName',
  last_name: 'lastName',
  company_name: 'companyName',
  registration_number: 'registrationNumber',
  vat_number: 'vatNumber',
  country: 'country',
  city: 'city',
  address: 'address',
  postal_code: 'postalCode',
  phone: 'phone',
};

/** The name of a profile's field in forms. */
const fieldName = (field: ProfileField): FieldName =>
  (Object.keys(NAMES) as FieldName[]).find((name) => NAMES[name] === field) as FieldName;

export interface ParsedProfile {
  /** Only the fields that were sent. */
  profile: Partial<Profile>;
  /** As typed, for showing the form again. */
  typed: Partial<Record<ProfileField | 'kind', string>>;
  /** Each a sentence in `errors.field.<key>`. */
  errors: Partial<Record<ProfileField, 'too_long' | 'invalid' | 'phone' | 'required'>>;
}

/**
 * Reads the profile fields that a form sent; others are left alone.
 * @param required fields that may not be empty in this form
 */
export function parseProfile(body: unknown, required: ProfileField[] = []): ParsedProfile {
  const sent = (body ?? {}) as Record<string, unknown>;
  const result: ParsedProfile = { profile: {}, typed: {}, errors: {} };
  if (sent['kind'] === 'person' || sent['kind'] === 'company') result.profile.kind = result.typed.kind = sent['kind'];
  else if (sent['kind'] !== undefined) throw new MalformedRequest();
  for (const name of Object.keys(FIELDS) as FieldName[]) {
    if (!(name in sent)) continue;
    const field = NAMES[name];
    const value = sent[name];
    result.typed[field] = typeof value === 'string' ? value : '';
    const parsed = FIELDS[name].safeParse(value);
    if (!parsed.success) result.errors[field] = problemOf(parsed.error);
    else if (parsed.data === '' && required.includes(field)) result.errors[field] = 'required';
    else result.profile[field] = parsed.data;
  }
  for (const field of required) if (!(fieldName(field) in sent)) result.errors[field] = 'required';
  return result;
}

function problemOf(error: z.ZodError): 'too_long' | 'invalid' | 'phone' {
  const [issue] = error.issues;
  if (issue?.code === 'too_big') return 'too_long';
  return issue?.message === 'phone' ? 'phone' : 'invalid';
}
