import { inTransaction } from '../../src/platform/db/transaction.ts';
import { activateOrder } from '../../src/domain/orders/activate-order.ts';
import { placeOrder as placeOrderOf } from '../../src/domain/orders/place-order.ts';
import { issueRenewalInvoice } from '../../src/domain/renewals/issue-renewal-invoice.ts';
import type { Payments } from './payments.ts';
import type { People, TestCustomer } from './people.ts';
import type { Portal } from './portal.ts';

/** What differs from the order that most tests place. */
export interface OrderChoices {
  plan?: string;
  months?: number;
  hostname?: string;
  serviceName?: string;
  comment?: string;
  options?: string[];
  location?: string;
}

export type Orders = ReturnType<typeof ordersOf>;

/** Orders of a portal's customers, and their invoices. */
export function ordersOf({ db, clock, config, credit, pay }: Portal & People & Payments) {
  let addresses = 0;
  const nextAddress = () => {
    addresses += 1;
    return `10.0.${addresses >> 8}.${addresses & 255}`;
  };

  const placeOrder = ({ customerId }: TestCustomer, choices: OrderChoices = {}) =>
    placeOrderOf(db, clock, config.seller, {
      customerId,
      plan: 'vps-2',
      months: 1,
      hostname: 'web.example.com',
      os: 'debian-13',
      ...choices,
    });

  /** Puts a paid order into service. */
  const activate = ({ customerId }: TestCustomer, orderId: number, ip = nextAddress()) =>
    inTransaction(db, (trx) => activateOrder(trx, clock, { customerId, orderId, ip }));

  /** An order in service since today, paid for with money given for it. @returns its id */
  async function addActiveOrder(customer: TestCustomer, choices: OrderChoices = {}, ip = nextAddress()) {
    const { orderId, invoice } = await placeOrder(customer, choices);
    await credit(customer, (await invoiceOf(invoice.id)).total);
    await pay(customer, invoice.id);
    await activate(customer, orderId, ip);
    return orderId;
  }

  /** Issues the invoice for the order's next period. */
  const issueRenewal = ({ customerId }: TestCustomer, orderId: number): Promise<{ id: number; number: string }> =>
    inTransaction(db, (trx) => issueRenewalInvoice(trx, clock, config.seller, { customerId, renewals: [{ orderId }] }));

  const order = (id: number) => db('orders').where({ id }).first();
  const invoiceOf = (id: number) => db('invoices').where({ id }).first();

  /** The invoices for orders that the customer has yet to pay. */
  const unpaidInvoicesOf = ({ customerId }: TestCustomer) =>
    db('invoices').where({ customer_id: customerId, kind: 'service', status: 'unpaid' }).orderBy('id');

  return { placeOrder, addActiveOrder, activate, issueRenewal, order, invoice: invoiceOf, unpaidInvoicesOf };
}
