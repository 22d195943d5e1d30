import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Transaction } from '../../../src/platform/db/database.ts';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { InsufficientBalance } from '../../../src/domain/errors.ts';
import { Money } from '../../../src/domain/money/money.ts';
import { loadRateTable } from '../../../src/domain/rates/rate-queries.ts';
import { lockCustomerAccount, systemAccount } from '../../../src/domain/ledger/accounts.ts';
import { adjustBalance } from '../../../src/domain/staff/adjust-balance.ts';
import { getBalanceTotals } from '../../../src/domain/ledger/balance-totals-queries.ts';
import { postTransaction } from '../../../src/domain/ledger/post-transaction.ts';
import { expectInvariants } from '../../support/invariants.ts';
import type { TestCustomer } from '../../support/people.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let causes = 1_000_000;
beforeAll(async () => {
  world = await createWorld();
  customer = await world.addCustomer({ balance: '100.00' });
});
afterAll(() => world.close());

async function book(trx: Transaction, amounts: string[], { cause = ++causes } = {}) {
  const account = await lockCustomerAccount(trx, customer.customerId);
  const revenue = await systemAccount(trx, { kind: 'revenue', currency: 'EUR' });
  return postTransaction(trx, {
    kind: 'adjustment',
    cause: { type: 'adjustment', id: cause },
    customerId: customer.customerId,
    occurredAt: world.clock.now(),
    entries: amounts.map((amount, index) => ({
      accountId: index === 0 ? account.id : revenue,
      money: Money.of(amount, 'EUR'),
    })),
  });
}

describe('the ledger, guarded by the database itself', () => {
  it('refuses a transaction that does not sum to zero (L1)', async () => {
    await expect(inTransaction(world.db, (trx) => book(trx, ['-5', '4.99']))).rejects.toThrow(/does not sum to zero/);
  });

  it('refuses a transaction of one entry, or of none (L1)', async () => {
    await expect(inTransaction(world.db, (trx) => book(trx, ['-5']))).rejects.toThrow(
      /does not sum to zero over two entries/,
    );
    const empty = {
      kind: 'adjustment',
      cause_type: 'adjustment',
      cause_id: ++causes,
      occurred_at: world.clock.now(),
    };
    await expect(inTransaction(world.db, (trx) => trx('ledger_transactions').insert(empty))).rejects.toThrow(
      /has no entries/,
    );
  });

  it('refuses an entry that comes after its transaction was found to sum to zero (L1)', async () => {
    await expect(
      inTransaction(world.db, async (trx) => {
        await book(trx, ['-5', '5']);
        await trx.raw('set constraints all immediate');
        await trx.raw('set constraints all deferred');
        const entry = await trx('ledger_entries').whereNull('customer_id').orderBy('id', 'desc').first();
        const { transaction_id, account_id } = entry;
        await trx('ledger_entries').insert({ transaction_id, account_id, amount: '1', currency: 'EUR' });
      }),
    ).rejects.toThrow(/does not sum to zero/);
  });

  it('refuses entries added to a transaction of before, balanced or not (L1)', async () => {
    const [transaction] = await world.db('ledger_transactions').limit(1);
    const [entry] = await world.db('ledger_entries').where({ transaction_id: transaction.id }).whereNull('customer_id');
    const late = { transaction_id: transaction.id, account_id: entry.account_id, currency: 'EUR' };
    for (const amounts of [['1'], ['1', '-1']])
      await expect(
        inTransaction(world.db, (trx) => trx('ledger_entries').insert(amounts.map((amount) => ({ ...late, amount })))),
      ).rejects.toThrow(/is closed/);
  });

  it('refuses a balance below zero, whatever the application thinks (L2)', async () => {
    await expect(inTransaction(world.db, (trx) => book(trx, ['-100.01', '100.01']))).rejects.toThrow(
      /balance_not_negative/,
    );
    expect(await world.balanceOf(customer)).toBe('100.0000');
  });

  it('never changes or deletes entries and transactions, even for the owner of the schema (L2)', async () => {
    for (const table of ['ledger_entries', 'ledger_transactions']) {
      await expect(world.owner(table).update({ id: 1 })).rejects.toThrow();
      await expect(world.owner(table).delete()).rejects.toThrow(/only ever added/);
      await expect(world.owner.raw(`truncate ${table} cascade`)).rejects.toThrow(/only ever added/);
    }
    await expect(world.owner('ledger_accounts').delete()).rejects.toThrow(/not deleted/);
  });

  it('moves a stored balance by entries only, even for the owner of the schema (L2)', async () => {
    const account = { customer_id: customer.customerId };
    await expect(world.owner('ledger_accounts').where(account).update({ balance: '5000' })).rejects.toThrow(
      /moved by ledger entries only/,
    );
    await expect(world.db('ledger_accounts').where(account).update({ balance: '5000' })).rejects.toThrow(
      /permission denied/,
    );
    await expect(world.db('ledger_accounts').where(account).update({ gateway: 'x' })).rejects.toThrow();
    const rich = {
      kind: 'customer_balance',
      customer_id: (await world.addCustomer()).customerId,
      currency: 'USD',
      balance: '5',
    };
    await expect(world.db('ledger_accounts').insert(rich)).rejects.toThrow(/opens with a balance of zero/);
  });

  it('lets the application create no temporary objects and take no other role (security 42)', async () => {
    await expect(world.db.raw('create temp table ledger_accounts (id bigint)')).rejects.toThrow(/permission denied/);
    await expect(world.db('users').update({ staff_role: 'admin' })).rejects.toThrow(/permission denied/);
    for (const table of ['adjustments', 'invoice_lines', 'order_events'])
      await expect(world.db(table).delete()).rejects.toThrow(/permission denied/);
  });

  it('lets no invoice be paid without its money having moved, and no series count back (I5)', async () => {
    const { invoice } = await world.placeOrder(customer);
    const paid = { status: 'paid', paid_at: world.clock.now() };
    await expect(
      inTransaction(world.db, (trx) => trx('invoices').where({ id: invoice.id }).update(paid)),
    ).rejects.toThrow(/nothing settles it/);
    await expect(world.db('invoice_series').update({ last_sequence: 0 })).rejects.toThrow(/only counts up/);
    const line = {
      invoice_id: invoice.id,
      customer_id: customer.customerId,
      position: 9,
      kind: 'top_up',
      amount: '1',
      currency: 'EUR',
    };
    await expect(inTransaction(world.db, (trx) => trx('invoice_lines').insert(line))).rejects.toThrow(
      /are not its total/,
    );
    await expect(
      world.db('adjustments').insert({
        customer_id: customer.customerId,
        amount: 'NaN',
        currency: 'EUR',
        reason: 'x',
        made_by: 1,
        made_at: world.clock.now(),
      }),
    ).rejects.toThrow(/check constraint/);
  });

  it('lets no invoice be issued without its lines (I3)', async () => {
    const { invoice } = await world.placeOrder(customer);
    const { id: _id, number: _number, ...row } = await world.invoice(invoice.id);
    await expect(
      inTransaction(world.db, async (trx) => {
        const [series] = await trx('invoice_series')
          .where({ code: 'INV' })
          .increment('last_sequence', 1)
          .returning('last_sequence');
        await trx('invoices').insert({ ...row, sequence: series.last_sequence });
      }),
    ).rejects.toThrow(/has no lines/);
  });

  it('gives the application no right to change the books (L2)', async () => {
    for (const table of ['ledger_entries', 'ledger_transactions', 'audit_log', 'exchange_rates'])
      await expect(world.db(table).delete()).rejects.toThrow(/permission denied/);
    await expect(world.db.raw('alter table ledger_entries disable trigger all')).rejects.toThrow(/must be owner/);
  });

  it('refuses a second transaction of the same cause (L3)', async () => {
    await inTransaction(world.db, (trx) => book(trx, ['1', '-1'], { cause: 77 }));
    await expect(inTransaction(world.db, (trx) => book(trx, ['1', '-1'], { cause: 77 }))).rejects.toThrow(
      /one_transaction_per_cause/,
    );
    await inTransaction(world.db, (trx) => book(trx, ['-1', '1']));
  });

  it('refuses an amount finer than the minor unit, and a currency that is not the account’s', async () => {
    await expect(inTransaction(world.db, (trx) => book(trx, ['0.001', '-0.001']))).rejects.toThrow(
      /amount_fits_minor_unit/,
    );
    await expect(
      inTransaction(world.db, async (trx) => {
        const account = await lockCustomerAccount(trx, customer.customerId);
        const dollars = { accountId: account.id, money: Money.of('1', 'USD') };
        await postTransaction(trx, {
          kind: 'adjustment',
          cause: { type: 'adjustment', id: ++causes },
          customerId: customer.customerId,
          occurredAt: world.clock.now(),
          entries: [dollars],
        });
      }),
    ).rejects.toThrow(/entry in USD on an account in EUR/);
  });

  it('of 16 debits at once books as many as the balance covers, and refuses the others in words (L2)', async () => {
    const crowd = await createWorld({ pool: 16 });
    const { customerId } = await crowd.addCustomer({ balance: '10.00' });
    const { userId } = await crowd.addStaff('billing');
    await crowd.openConnections();
    const debit = { customerId, userId, money: Money.of('-3.00', 'EUR'), reason: 'At once' };
    const results = await Promise.allSettled(
      Array.from({ length: 16 }, () => adjustBalance(crowd.db, crowd.clock, debit)),
    );
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(refused).toEqual(Array.from({ length: 13 }, () => expect.any(InsufficientBalance)));
    await crowd.close();
  });

  it('keeps the balance right under 64 postings at once', async () => {
    const crowd = await createWorld({ pool: 64 });
    const shared = await crowd.addCustomer({ balance: '10.00' });
    await Promise.all(Array.from({ length: 64 }, () => crowd.credit(shared, '0.01')));
    expect(await crowd.balanceOf(shared)).toBe('10.6400');
    await expectInvariants(crowd);
    await crowd.close();
  });
});

describe('all customers’ balances', () => {
  it('are summed per currency and in the base currency at the stored rates, rounded once (S2)', async () => {
    const alone = await createWorld();
    await alone.storeRates({ USD: '1.1', RUB: '93.5626', GBP: '0.85', PLN: '4.3', KZT: '610', JPY: '172' });
    for (const [currency, balance] of [
      ['EUR', '10.00'],
      ['EUR', '0.01'],
      ['USD', '11.00'],
      ['RUB', '1000.00'],
    ] as const)
      await alone.addCustomer({ currency, balance });
    const totals = await getBalanceTotals(alone.db, await loadRateTable(alone.db, alone.clock.today()));
    expect(totals.currencies.map(({ total }) => total.toString())).toEqual(['10.01 EUR', '1000 RUB', '11 USD']);
    expect(totals.base?.toString()).toBe('30.7 EUR');
    await alone.close();
  });

  it('have no total in the base currency while a rate is missing (C3)', async () => {
    const alone = await createWorld();
    await alone.addCustomer({ currency: 'USD' });
    const totals = await getBalanceTotals(alone.db, await loadRateTable(alone.db, alone.clock.today()));
    expect(totals.base).toBeNull();
    await alone.close();
  });
});
