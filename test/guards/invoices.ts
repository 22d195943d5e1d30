import type { Guard } from './guard.ts';

const PAYING = 'test/domain/payments/pay-invoices.test.ts';
const LEDGER = 'test/domain/ledger/ledger.test.ts';
const STORED_RATES = 'test/domain/rates/stored-rates.test.ts';
const TOP_UP = 'test/controllers/balance/top-up.test.ts';

/** Invoices belong to one customer, are paid only when they may be, and stay as they were issued. */
export const INVOICE_GUARDS: Guard[] = [
  {
    id: 'owner-of-invoices',
    guards: 'An invoice is paid or cancelled only by the customer it was issued to.',
    removal: {
      find: 'where customer_id = :customerId and ${which}',
      replace: 'where cast(:customerId as bigint) is not null and ${which}',
    },
    tests: [{ file: PAYING, title: 'refuses another customer’s invoice as one that is not there' }],
    doubledBy: { id: 'owner-of-orders', why: 'The orders that an invoice is for are locked by their owner too.' },
  },
  {
    id: 'owner-of-purpose',
    guards: 'A top-up pays only invoices of its own customer.',
    removal: {
      find: ".where({ customer_id: customerId, kind: 'service', status: 'unpaid' }) .whereIn('id', ids) .pluck('id')",
      replace: ".where({ kind: 'service', status: 'unpaid' }).whereIn('id', ids).pluck('id')",
    },
    tests: [
      {
        file: 'test/controllers/webhook.test.ts',
        title: 'refuses invoices of others, and those that are not to pay',
      },
    ],
  },
  {
    id: 'owner-of-quote',
    guards: 'A payment is started with the quote of its own invoice.',
    removal: { find: "db('quotes as q') .where({ invoice_id: invoiceId })", replace: "db('quotes as q')" },
    tests: [{ file: 'test/controllers/webhook.test.ts', title: 'is credited by the quote of its own invoice' }],
  },
  {
    id: 'still-unpaid-when-paying',
    guards: 'What is paid or cancelled is not paid again.',
    removal: {
      find: 'for (const invoice of invoices) { assertUnpaid(invoice);',
      replace: 'for (const invoice of invoices) {',
    },
    tests: [{ file: PAYING, title: 'of 64 simultaneous attempts one succeeds' }],
  },
  {
    id: 'still-unpaid-when-cancelling',
    guards: 'What is paid or cancelled is not cancelled.',
    removal: {
      find: "assertUnpaid(invoice); await trx('invoices').where({ id: invoice.id }).update({ status: 'cancelled'",
      replace: "await trx('invoices').where({ id: invoice.id }).update({ status: 'cancelled'",
    },
    tests: [{ file: PAYING, title: 'refuses to cancel what is paid or cancelled' }],
  },
  {
    id: 'settlement',
    guards: 'No invoice is paid without its money having moved.',
    removal: { sql: 'drop trigger invoices_settled on invoices' },
    tests: [{ file: LEDGER, title: 'lets no invoice be paid without its money having moved' }],
  },
  {
    id: 'invoices-kept',
    guards: 'An issued invoice is not edited, not even by the owner of the schema.',
    removal: { sql: 'drop trigger invoices_kept on invoices' },
    tests: [{ file: PAYING, title: 'are not edited after they are issued' }],
  },
  {
    id: 'invoice-state-final',
    guards: 'What is paid or cancelled stays so.',
    removal: { inFunction: 'keep_invoice', find: "old.status <> 'unpaid'", replace: 'false' },
    tests: [{ file: PAYING, title: 'that are paid or cancelled stay so' }],
  },
  {
    id: 'payments-kept',
    guards: 'What a payment was started for, and what was captured, is not changed.',
    removal: { sql: 'drop trigger payments_kept on payments' },
    tests: [
      {
        file: 'test/controllers/webhook.test.ts',
        title: 'what a payment was started for, and what was captured, is never changed',
      },
    ],
  },
  {
    id: 'sum-of-lines-invoices',
    guards: 'An invoice without lines, or with lines that are not its total, is refused.',
    removal: { sql: 'drop trigger invoices_have_lines on invoices' },
    tests: [{ file: LEDGER, title: 'lets no invoice be issued without its lines' }],
  },
  {
    id: 'sum-of-lines-lines',
    guards: 'No line is added to an invoice that was issued.',
    removal: { sql: 'drop trigger invoice_lines_sum on invoice_lines' },
    tests: [{ file: LEDGER, title: 'lets no invoice be paid without its money having moved' }],
  },
  {
    id: 'quote-run-out',
    guards: 'A quote that has run out is made anew before a payment is started with it.',
    removal: { find: '!quote || quote.validUntil <= clock.now()', replace: '!quote' },
    tests: [{ file: TOP_UP, title: 'a quote that has run out is made anew' }],
  },
  {
    id: 'rate-too-old-at-quote',
    guards: 'A top-up in another currency is refused while its rates are too old.',
    removal: {
      find: 'assertFreshEnough(table, pay.currency, customer.accountCurrency, config.ratesMaxAgeDays);',
      replace: '',
    },
    tests: [{ file: TOP_UP, title: 'rates older than allowed stop top-ups' }],
    doubledBy: {
      id: 'rate-too-old-at-new-quote',
      why: 'Every quote is made in one place, which asks again: for the first one as well as for the one made anew.',
    },
  },
  {
    id: 'rate-too-old-at-new-quote',
    guards: 'So is a quote made anew.',
    removal: { find: 'assertFreshEnough(table, pay.currency, creditCurrency, maxAgeDays);', replace: '' },
    tests: [{ file: TOP_UP, title: 'a quote that has run out is not made anew from rates that became too old' }],
  },
  {
    id: 'rate-that-jumps',
    guards: 'A rate that differs too much from the last one waits for a member of staff.',
    removal: { find: 'differsTooMuch(rate, new Exact(last.last_rate))', replace: 'false' },
    tests: [{ file: STORED_RATES, title: 'a rate that differs by more than 20 % waits' }],
  },
  {
    id: 'rate-of-an-earlier-day',
    guards: 'It is compared with an earlier day, so that small steps in a day are no way around that.',
    removal: {
      find: 'currency = c.code and effective_on < :date',
      replace: 'currency = c.code and effective_on <= :date',
    },
    tests: [{ file: STORED_RATES, title: 'several small steps in a day count as one' }],
  },
  {
    id: 'least-top-up',
    guards: 'A top-up is not smaller than allowed.',
    removal: {
      find: 'if (pay.isLessThan(min) || max?.isLessThan(pay))',
      replace: 'if (max?.isLessThan(pay))',
    },
    tests: [{ file: TOP_UP, title: 'refuses the amount "0.99"' }],
  },
  {
    id: 'largest-top-up',
    guards: 'A top-up is not larger than allowed.',
    removal: {
      find: 'if (pay.isLessThan(min) || max?.isLessThan(pay))',
      replace: 'if (pay.isLessThan(min))',
    },
    tests: [{ file: TOP_UP, title: 'refuses the amount "10000.01"' }],
  },
  {
    id: 'credit-rounded-down',
    guards: 'What is credited is rounded down, so that no round trip and no splitting gains.',
    removal: {
      find: 'return roundDown(credit, table.currencies.get(to));',
      replace: 'return roundHalfUp(credit, table.currencies.get(to));',
    },
    tests: [{ file: 'test/domain/rates/conversion.test.ts', title: 'never gains by' }],
  },
];
