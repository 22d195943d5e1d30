import type { Guard } from './guard.ts';

const BESIDE_THE_RUN = 'test/domain/billing/beside-the-run.test.ts';

/** Row locks: what happens at the same moment happens one after the other. */
export const LOCKS: Guard[] = [
  {
    id: 'lock-invoices',
    guards: 'A command locks its invoices: of two that pay or cancel one, the second sees what the first did.',
    removal: {
      find: 'and ${which} order by id for update`',
      replace: 'and ${which} order by id`',
    },
    tests: [{ file: 'test/domain/payments/pay-invoices.test.ts', title: 'of 64 simultaneous attempts one succeeds' }],
  },
  {
    id: 'lock-account',
    guards: 'A command locks the balance it reads: two payments cannot both count on the same money.',
    removal: {
      find: ".where({ kind: 'customer_balance', customer_id: customerId }) .forUpdate() .first<",
      replace: ".where({ kind: 'customer_balance', customer_id: customerId }).first<",
    },
    tests: [{ file: 'test/domain/ledger/ledger.test.ts', title: 'of 16 debits at once books as many' }],
  },
  {
    id: 'lock-paying-account',
    guards: 'So does a payment from the balance.',
    removal: { find: 'for share of c for update of a`', replace: 'for share of c`' },
    tests: [
      {
        file: 'test/domain/payments/pay-invoices.test.ts',
        title: 'of 64 different invoices at once only so many are paid',
      },
    ],
  },
  {
    id: 'lock-account-in-run',
    guards: 'The billing run locks the balances it divides: what the customer spends meanwhile is not there twice.',
    removal: {
      find: ".whereRaw('customer_id = any(?)', [customerIds]) .orderBy('id') .forUpdate() .select<",
      replace: ".whereRaw('customer_id = any(?)', [customerIds]).orderBy('id').select<",
    },
    tests: [{ file: BESIDE_THE_RUN, title: 'money that is spent then is not there for the renewal' }],
  },
  {
    id: 'lock-order',
    guards: 'A command locks its order: of two changes of it at once the second sees the first.',
    removal: { find: 'order by o.id for update of o`', replace: 'order by o.id`' },
    tests: [
      {
        file: 'test/controllers/orders/renewal.test.ts',
        title: 'replaces the open renewal, so that one period is never sold twice',
      },
    ],
  },
  {
    id: 'lock-orders-when-run-pays',
    guards: 'The run locks the orders whose renewals it pays: none is ended or blocked under its hands.',
    removal: {
      find: "await trx('orders').whereRaw('id = any(?)', [orderIds]).orderBy('id').forUpdate().select('id');",
      replace: '',
    },
    tests: [{ file: BESIDE_THE_RUN, title: 'an order that is suspended for non-payment then comes back' }],
  },
  {
    id: 'lock-orders-when-run-issues',
    guards: 'The run locks the orders it invoices: two runs, or the customer and a run, do not sell a period twice.',
    removal: {
      find: 'where o.id = any(:ids) and ${RENEWALS_TO_ISSUE} order by o.id for update`',
      replace: 'where o.id = any(:ids) and ${RENEWALS_TO_ISSUE} order by o.id`',
    },
    tests: [{ file: 'test/domain/billing/calendar.test.ts', title: 'are issued once by four runs of one day at once' }],
  },
  {
    id: 'lock-orders-when-run-suspends',
    guards: 'The run locks the orders it suspends, in the order in which everybody locks.',
    removal: {
      find: "await trx('orders').whereRaw('id = any(?)', [ids]).orderBy('id').forUpdate().select('id');",
      replace: '',
    },
    tests: [{ file: BESIDE_THE_RUN, title: 'locks orders in the order of their numbers' }],
  },
  {
    id: 'lock-invoices-in-run',
    guards: 'The run locks the invoices it pays: what its customer pays or cancels meanwhile is not paid again.',
    removal: {
      find: ".where({ status: 'unpaid' }) .orderBy('id') .forUpdate() .select<{ customer_id: number }[]>",
      replace: ".where({ status: 'unpaid' }).orderBy('id').select<{ customer_id: number }[]>",
    },
    tests: [{ file: BESIDE_THE_RUN, title: 'a renewal that its customer cancels then is not paid' }],
  },
  {
    id: 'lock-payment',
    guards: 'A reported payment is locked: two reports of it at once are booked one after the other.',
    removal: {
      find: 'and p.reference = :reference for update of p, a`',
      replace: 'and p.reference = :reference`',
    },
    tests: [
      {
        file: 'test/controllers/webhook.test.ts',
        title: 'is credited exactly once: 64 events of one capture',
      },
    ],
    doubledBy: {
      id: 'lock-invoices',
      why: 'Payments and reports lock the invoice first, before they change anything of the payment.',
    },
  },
  {
    id: 'lock-profile',
    guards: 'A profile is held while a payment is started: it cannot become incomplete meanwhile.',
    removal: {
      find: '.where({ id: customerId }).forShare().first()',
      replace: '.where({ id: customerId }).first()',
    },
    tests: [
      {
        file: 'test/domain/payments/pay-invoices.test.ts',
        title: 'no top-up is started when the profile becomes incomplete at the same moment',
      },
    ],
  },
  {
    id: 'lock-paying-profile',
    guards: 'So it is while something is paid from the balance.',
    removal: { find: 'for share of c for update of a`', replace: 'for update of a`' },
    tests: [
      {
        file: 'test/domain/payments/pay-invoices.test.ts',
        title: 'refuses when the profile becomes incomplete at the same moment',
      },
    ],
  },
  {
    id: 'lock-profile-in-run',
    guards: 'So it is while the run pays.',
    removal: { find: ".orderBy('id') .forShare() .select<", replace: ".orderBy('id').select<" },
    tests: [{ file: BESIDE_THE_RUN, title: 'nothing is paid when the profile becomes incomplete then' }],
  },
];
