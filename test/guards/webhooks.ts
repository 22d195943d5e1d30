import type { Guard } from './guard.ts';

const WEBHOOKS = 'test/controllers/webhook.test.ts';

/** A gateway's events are genuine, and each acts once. */
export const WEBHOOK_GUARDS: Guard[] = [
  {
    id: 'signature',
    guards: 'A report is signed with the secret, over this very body.',
    removal: { find: 'if (!timingSafeEqual(given, digest(secret, seconds, body)))', replace: 'if (false)' },
    tests: [{ file: WEBHOOKS, title: 'with an altered body books nothing' }],
  },
  {
    id: 'signature-too-old',
    guards: 'A report signed long ago is refused.',
    removal: {
      find: 'Math.abs(now.getTime() / 1000 - seconds) > TOLERANCE_SECONDS',
      replace: 'seconds - now.getTime() / 1000 > TOLERANCE_SECONDS',
    },
    tests: [{ file: WEBHOOKS, title: 'signed -301 seconds away books nothing' }],
  },
  {
    id: 'signature-ahead',
    guards: 'A report signed in the time to come is refused.',
    removal: {
      find: 'Math.abs(now.getTime() / 1000 - seconds) > TOLERANCE_SECONDS',
      replace: 'now.getTime() / 1000 - seconds > TOLERANCE_SECONDS',
    },
    tests: [{ file: WEBHOOKS, title: 'signed 301 seconds away books nothing' }],
  },
  {
    id: 'empty-secret',
    guards: 'An empty secret proves nothing: what is signed with one is refused.',
    removal: { find: 'if (secret.length < MIN_SECRET_LENGTH)', replace: 'if (false)' },
    tests: [{ file: WEBHOOKS, title: 'is not believed by a gateway whose own secret is empty' }],
  },
  {
    id: 'event-told-twice',
    guards: 'An event that was kept before does nothing more, however late it is told again.',
    removal: {
      find: 'if (!(await storeEvent(trx, clock, gateway, payment.id, event))) return;',
      replace: 'await storeEvent(trx, clock, gateway, payment.id, event);',
    },
    tests: [{ file: WEBHOOKS, title: 'an event that is told again, late, does not undo what came after it' }],
  },
  {
    id: 'capture-told-twice',
    guards: 'A payment that was captured is not credited again by another event.',
    removal: {
      find: "if (payment.status === 'captured') return markIfAnother(trx, payment, event);",
      replace: '',
    },
    tests: [{ file: WEBHOOKS, title: 'is credited exactly once: 64 events of one capture' }],
  },
  {
    id: 'differing-settles-nothing',
    guards: 'A capture that is not what its invoice asked for does not settle it.',
    removal: {
      find: 'mark === null ? markInvoicesPaid(',
      replace: "invoice.status === 'unpaid' ? markInvoicesPaid(",
    },
    tests: [{ file: WEBHOOKS, title: 'of another amount is credited by its own value' }],
  },
  {
    id: 'quote-not-for-what-differs',
    guards: 'A quote holds for what it was made for; another amount is credited by its own value.',
    removal: { find: 'const quote = asAsked ? payment.quote : null', replace: 'const quote = payment.quote' },
    tests: [{ file: WEBHOOKS, title: 'of another amount is credited by its own value' }],
  },
];
