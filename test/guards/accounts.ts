import type { Guard } from './guard.ts';

/** Of accounts: what may be used once, and who has to stay. */
export const ACCOUNT_GUARDS: Guard[] = [
  {
    id: 'link-once',
    guards: 'A link in mail works once, however often it is opened at the same moment.',
    removal: {
      find: "db('account_links') .where({ hash: hashOf(token), used_at: null })",
      replace: "db('account_links').where({ hash: hashOf(token) })",
    },
    tests: [
      { file: 'test/controllers/password-resets/choose.test.ts', title: 'works once, of 64 at the same moment' },
      { file: 'test/controllers/email-confirmations/confirm.test.ts', title: 'works once, of 64 at the same moment' },
    ],
  },
  {
    id: 'invitation-once',
    guards: 'An invitation is accepted once.',
    removal: {
      find: "db('invitations') .where({ hash: hashOf(token), used_at: null })",
      replace: "db('invitations').where({ hash: hashOf(token) })",
    },
    tests: [{ file: 'test/controllers/invitation.test.ts', title: 'works once, of 64 at the same moment' }],
  },
  {
    id: 'code-once',
    guards: 'A code of an app signs one person in once, and none is taken after a later one.',
    removal: { find: ".where('last_step', '<', step)", replace: '' },
    tests: [
      { file: 'test/controllers/second-factor.test.ts', title: 'takes a code once, of 64' },
      { file: 'test/controllers/second-factor.test.ts', title: 'does not take an earlier code after a later one' },
    ],
  },
  {
    id: 'recovery-code-once',
    guards: 'A recovery code works once.',
    removal: {
      find: '.where({ user_id: userId, hash: hashOf(code), used_at: null })',
      replace: '.where({ user_id: userId, hash: hashOf(code) })',
    },
    tests: [{ file: 'test/controllers/second-factor.test.ts', title: 'takes a recovery code once instead' }],
  },
  {
    id: 'last-owner-lock',
    guards: 'Of two owners who leave at the same moment the second sees that the first has left.',
    removal: {
      find: "await trx('memberships').where({ customer_id: customerId, role: 'owner' }).orderBy('id').forUpdate().select('id');",
      replace: '',
    },
    tests: [
      {
        file: 'test/controllers/members/index.test.ts',
        title: 'keep an owner also when another one is made a reader',
      },
    ],
  },
  {
    id: 'last-owner',
    guards: 'A customer keeps an owner.',
    removal: { find: 'if (!owner) throw new LastOwner();', replace: 'if (!owner) return;' },
    tests: [{ file: 'test/controllers/members/index.test.ts', title: 'always have an owner among them' }],
  },
  {
    id: 'last-administrator-lock',
    guards: 'Of two administrators who are changed at the same moment the second change sees the first.',
    removal: {
      inFunction: 'change_staff_member',
      find: "perform from users where kind = 'staff' order by id for update;",
      replace: '',
    },
    tests: [
      { file: 'test/controllers/staff/team.test.ts', title: 'keep an administrator, also when all of them go at the' },
    ],
  },
  {
    id: 'first-administrator-lock',
    guards: 'One first administrator is made, whatever many tokens are used at the same moment.',
    removal: {
      find: "await trx.raw('select pg_advisory_xact_lock(?)', [ADVISORY_LOCKS.seed]); const used",
      replace: 'const used',
    },
    tests: [
      { file: 'test/controllers/staff/setup.test.ts', title: 'is not made beside one who is being made at that' },
    ],
  },
];
