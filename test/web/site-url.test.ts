import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listeningUrl } from '../../src/web/site-url.ts';
import { PASSWORD } from '../support/people.ts';
import { Visitor } from '../support/visitor.ts';
import { createWorld, type World } from '../support/world.ts';

describe('where this process listens', () => {
  it.each([
    ['127.0.0.2', 'http://127.0.0.2:3000'],
    ['192.168.7.7', 'http://192.168.7.7:3000'],
    ['localhost', 'http://localhost:3000'],
    ['::1', 'http://[::1]:3000'],
    ['fd00::7', 'http://[fd00::7]:3000'],
    ['0.0.0.0', 'http://127.0.0.1:3000'],
    ['::', 'http://[::1]:3000'],
    ['0:0:0:0:0:0:0:0', 'http://[::1]:3000'],
  ])('with HOST=%s is %s', (host, url) => {
    expect(listeningUrl(host, 3000)).toBe(url);
  });
});

describe('on another interface than 127.0.0.1', () => {
  let world: World;
  let server: Server;
  beforeAll(async () => {
    world = await createWorld({ environment: { HOST: '127.0.0.2' } });
    server = await new Promise<Server>((resolve) => {
      const listening = world.app.express.listen(0, '127.0.0.2', () => resolve(listening));
    });
  });
  afterAll(async () => {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
    await world.close();
  });

  it('the sandbox bank reports to this process, and the money arrives (T4)', async () => {
    const customer = await world.addCustomer();
    const visitor = new Visitor(`http://127.0.0.2:${(server.address() as AddressInfo).port}`);
    await visitor.signIn(customer.email, PASSWORD);
    await world.storeRates({ USD: '1.07' });
    await visitor.get('/top-ups/new');
    const invoice = await visitor.submit('/top-ups', { amount: '25.00', currency: 'EUR' });
    const action = invoice.attribute('form[action$="/payment"]', 'action');
    const bank = await visitor.submit(action, { method: 'sandbox' });
    const order = bank.$('main form input[name=order]').val() as string;
    expect((await visitor.post('/sandbox-bank', { order, action: 'pay' })).status).toBe(303);
    expect(await world.balanceOf(customer)).toBe('25.0000');
  });
});
