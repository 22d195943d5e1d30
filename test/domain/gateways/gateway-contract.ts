import { describe, expect, it } from 'vitest';
import { WebhookRefused } from '../../../src/domain/errors.ts';
import { Money } from '../../../src/domain/money/money.ts';
import type { Gateway, GatewayEvent, PaymentRequest } from '../../../src/domain/gateways/gateway.ts';

export interface GatewayUnderTest {
  gateway: Gateway;
  /** What the gateway would send for an event: headers and body, signed at a moment. */
  send(event: GatewayEvent, at: Date): { headers: Record<string, string>; body: Buffer };
}

const NOW = new Date('2026-03-10T12:00:00Z');
const EVENT: GatewayEvent = {
  id: 'evt_1',
  type: 'captured',
  reference: 'pay_1',
  money: Money.of('12.50', 'EUR'),
};
const REQUEST: PaymentRequest = {
  reference: 'pay_1',
  money: Money.of('12.50', 'EUR'),
  description: 'TOP-000001',
  returnUrl: 'https://portal.example/invoices/1',
  webhookUrl: 'https://portal.example/webhooks/x',
};

/** What the portal relies on in every gateway. */
export function describeGateway(name: string, setUp: () => GatewayUnderTest) {
  describe(`the gateway ${name}`, () => {
    it('says where the payer goes', async () => {
      expect(await setUp().gateway.start(REQUEST)).toMatch(/^(https:\/\/|\/)/);
    });

    it.each(['captured', 'declined', 'pending'] as const)('reads what it sent: %s', (type) => {
      const { gateway, send } = setUp();
      const { headers, body } = send({ ...EVENT, type }, NOW);
      expect(gateway.readEvent(headers, body, NOW)).toEqual({ ...EVENT, type });
    });

    it('refuses an altered body, a missing signature, and an old one', () => {
      const { gateway, send } = setUp();
      const { headers, body } = send(EVENT, NOW);
      const altered = Buffer.from(body.toString().replace('12.5', '99.5'));
      expect(() => gateway.readEvent(headers, altered, NOW)).toThrow(WebhookRefused);
      expect(() => gateway.readEvent({}, body, NOW)).toThrow(WebhookRefused);
      expect(() => gateway.readEvent(headers, body, new Date(NOW.getTime() + 301_000))).toThrow(WebhookRefused);
      expect(() => gateway.readEvent(headers, body, new Date(NOW.getTime() - 301_000))).toThrow(WebhookRefused);
    });
  });
}
