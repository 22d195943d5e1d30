import type { Operation } from './model.ts';
import { adjust, cancelInvoice, order, pay, reportPayment, topUp } from './money-operations.ts';
import { cancelLater, cancelNow, changePlan, keepAfterAll, letDayPass, renew, setUp } from './order-operations.ts';

/** What customers, staff and the calendar do, and how often each, of a hundred. */
export const OPERATIONS: { name: string; often: number; operation: Operation }[] = [
  { name: 'tops up', often: 8, operation: topUp },
  { name: 'has a payment reported', often: 12, operation: reportPayment },
  { name: 'orders', often: 12, operation: order },
  { name: 'pays', often: 24, operation: pay },
  { name: 'cancels an invoice', often: 4, operation: cancelInvoice },
  { name: 'has an order set up', often: 10, operation: setUp },
  { name: 'renews', often: 8, operation: renew },
  { name: 'changes a plan', often: 8, operation: changePlan },
  { name: 'cancels an order now', often: 3, operation: cancelNow },
  { name: 'cancels an order at the end of its period', often: 3, operation: cancelLater },
  { name: 'keeps an order after all', often: 3, operation: keepAfterAll },
  { name: 'has the balance adjusted', often: 4, operation: adjust },
  { name: 'sees a day pass', often: 1, operation: letDayPass },
];
