import { Money } from '../../src/domain/money/money.ts';
import { SANDBOX } from '../../src/domain/gateways/sandbox.ts';
import { createTopUp } from '../../src/domain/payments/create-top-up.ts';
import { payInvoices } from '../../src/domain/payments/pay-invoices.ts';
import { startPayment } from '../../src/domain/payments/start-payment.ts';
import type { TestCustomer } from './people.ts';
import type { Portal } from './portal.ts';

/** For one EUR. */
const RATES = {
  USD: '1.0705',
  GBP: '0.84638',
  PLN: '4.309',
  RUB: '93.5626',
  KZT: '610.24',
  JPY: '171.94',
};

export type Payments = ReturnType<typeof paymentsOf>;

/** What a portal's customers pay, from outside and from their balances. */
export function paymentsOf({ db, clock, config }: Portal) {
  /** As if a bank had published them. */
  async function storeRates(rates: Record<string, string> = RATES, effectiveOn = clock.today(), source = 'manual') {
    const published = { effective_on: effectiveOn, source, recorded_at: clock.now() };
    await db('exchange_rates').insert(
      Object.entries(rates).map(([currency, rate]) => ({ currency, rate, ...published })),
    );
  }

  /** A top-up whose payment has been started at the sandbox gateway. */
  async function startTopUp({ customerId }: TestCustomer, amount: string, currency: string) {
    const money = Money.of(amount, currency);
    const { id: invoiceId } = await createTopUp(db, clock, config, { customerId, pay: money });
    const started = await startPayment(db, clock, config, { customerId, invoiceId, gateway: SANDBOX });
    if (started.outcome !== 'started') throw new Error('The quote has run out');
    return { invoiceId, reference: started.reference, money };
  }

  const topUpsOf = ({ customerId }: TestCustomer) => db('invoices').where({ customer_id: customerId, kind: 'top_up' });

  /** Pays invoices from the balance. */
  const pay = ({ customerId }: TestCustomer, ...invoiceIds: number[]) =>
    payInvoices(db, clock, { customerId, userId: null, invoiceIds });

  /** The stored balance, as decimal text. */
  async function balanceOf({ customerId }: TestCustomer): Promise<string> {
    const account = { kind: 'customer_balance', customer_id: customerId };
    return (await db('ledger_accounts').where(account).first('balance')).balance;
  }

  return { storeRates, startTopUp, topUpsOf, pay, balanceOf };
}
