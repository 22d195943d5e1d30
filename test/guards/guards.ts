import { ACCOUNT_GUARDS } from './accounts.ts';
import { FORM_GUARDS } from './forms.ts';
import type { Guard } from './guard.ts';
import { INVOICE_GUARDS } from './invoices.ts';
import { LEDGER_GUARDS } from './ledger.ts';
import { LOCKS } from './locks.ts';
import { ORDER_GUARDS } from './orders.ts';
import { WEBHOOK_GUARDS } from './webhooks.ts';

/** Every guard of money, each with the tests that go red without it. */
export const GUARDS: Guard[] = [
  ...LOCKS,
  ...LEDGER_GUARDS,
  ...WEBHOOK_GUARDS,
  ...INVOICE_GUARDS,
  ...ORDER_GUARDS,
  ...FORM_GUARDS,
  ...ACCOUNT_GUARDS,
];
