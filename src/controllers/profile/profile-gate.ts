import { COUNTRIES } from '../../domain/customers/countries.ts';
import { getCustomer } from '../../domain/customers/customer-queries.ts';
import type { ProfileField } from '../../domain/customers/profile.ts';

/** What the form for the missing fields needs; null when nothing is missing (rule P2). */
export function profileGate(
  customer: Awaited<ReturnType<typeof getCustomer>>,
  missing: ProfileField[],
  returnTo: string,
) {
  if (missing.length === 0) return null;
  return {
    missing,
    values: customer as unknown as Record<string, string>,
    errors: {},
    returnTo,
    countries: COUNTRIES,
  };
}
