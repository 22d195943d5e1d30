import pino from 'pino';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createServices } from '../../../src/services.ts';
import { createApp } from '../../../src/app.ts';
import type { TestCustomer } from '../../support/people.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
beforeEach(async () => {
  world = await createWorld({ pool: 20 });
  customer = await world.addCustomer();
});
afterEach(async () => {
  await world.close();
});

describe('the list of written messages', () => {
  it('is not there in production, where it would show everybody’s messages to anybody', async () => {
    await world.placeOrder(customer);
    const { id } = await world.db('mails').first('id');
    const services = await createServices({
      ...world.services,
      config: { ...world.config, production: true },
      databaseUrl: world.databaseUrl,
      log: pino({ level: 'silent' }),
      sessionSecret: 'x'.repeat(32),
      sandboxSecret: '',
    });
    const { express, close } = createApp(services, {
      databaseUrl: world.databaseUrl,
      sessionSecret: 'x'.repeat(32),
    });
    for (const path of ['/dev/mail', `/dev/mail/${id}`, `/dev/mail/${id}/html`])
      expect([path, (await request(express).get(path)).status]).toEqual([path, 404]);
    await close();
  });
});
