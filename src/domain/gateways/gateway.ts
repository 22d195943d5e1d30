import type { IncomingHttpHeaders } from 'node:http';
import type { Money } from '../money/money.ts';

/** What a gateway is asked for; it repeats our reference in every event. */
export interface PaymentRequest {
  reference: string;
  money: Money;
  /** What the payer reads at the gateway. */
  description: string;
  /** Absolute; where the payer returns to. */
  returnUrl: string;
  /** Absolute; where the gateway reports to. */
  webhookUrl: string;
}

/** What a gateway reports, in our terms; the same event may come many times, late, and in any order. */
export interface GatewayEvent {
  /** The gateway's own id of this event. */
  id: string;
  type: 'captured' | 'declined' | 'pending';
  reference: string;
  /** What was captured; for other events what was asked for. */
  money: Money;
}

/**
 * A way of payment. Every implementation passes test/domain/gateways/gateway-contract.ts.
 */
export interface Gateway {
  readonly name: string;
  /** Tells the gateway what is to be paid. @returns where the payer goes to pay it */
  start(request: PaymentRequest): Promise<string>;
  /**
   * Proves that a webhook comes from the gateway and is recent, and reads it.
   * @throws {WebhookRefused} for anything else; nothing may have been booked
   */
  readEvent(headers: IncomingHttpHeaders, body: Buffer, now: Date): GatewayEvent;
}

export type Gateways = ReadonlyMap<string, Gateway>;
