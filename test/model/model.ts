import { Exact, type Money } from '../../src/domain/money/money.ts';
import type { TestCustomer } from '../support/people.ts';
import type { Random } from '../support/random.ts';
import type { World } from '../support/world.ts';

interface StartedPayment {
  reference: string;
  money: Money;
  /** What the account is to be credited with. */
  credit: string;
  reported: boolean;
}

/** What a customer should have: moved by what the application says it accepted. */
export class Model {
  readonly customer: TestCustomer;
  readonly payments: StartedPayment[] = [];
  balance = new Exact(0);

  constructor(customer: TestCustomer) {
    this.customer = customer;
  }

  credit(amount: Exact | string) {
    this.balance = this.balance.plus(amount);
  }

  debit(amount: Exact | string) {
    this.balance = this.balance.minus(amount);
  }
}

/** What an operation works with: one customer of the world, and random choices. */
export interface Turn {
  world: World;
  model: Model;
  random: Random;
  /** Who adjusts balances. */
  staffId: number;
}

export type Operation = (turn: Turn) => Promise<unknown>;
