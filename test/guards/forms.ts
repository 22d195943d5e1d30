import type { Guard } from './guard.ts';

/** Forms and commands that are sent twice act once. */
export const FORM_GUARDS: Guard[] = [
  {
    id: 'form-key-of-adjustments',
    guards: 'A form of an adjustment that is sent twice books once.',
    removal: { find: 'form_key: formKey ?? null', replace: 'form_key: null' },
    tests: [{ file: 'test/controllers/staff/customer.test.ts', title: 'the same form sent twice, or 8 times at once' }],
  },
  {
    id: 'form-key-of-orders',
    guards: 'A form of an order that is sent twice places one.',
    removal: { find: 'placement_key: order.placementKey ?? null', replace: 'placement_key: null' },
    tests: [{ file: 'test/controllers/orders/new.test.ts', title: 'the same form sent twice, or 16 times at once' }],
  },
  {
    id: 'deadlock-tried-again',
    guards: 'A command that the database ends to dissolve a deadlock is tried again.',
    removal: { find: '|| code === DEADLOCK_DETECTED', replace: '' },
    tests: [{ file: 'test/faults/deadlock.test.ts', title: 'two commands that wait for each other are both done' }],
  },
  {
    id: 'window-of-sign-ins',
    guards: 'After a few failures one attempt is looked at in each window, however many are made at once.',
    removal: { find: 'await this.#windows.consume(key, 1, { customDuration: seconds });', replace: '' },
    tests: [{ file: 'test/controllers/session.test.ts', title: 'looks at no more than a few passwords' }],
  },
];
