import request from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { PASSWORD } from '../../support/people.ts';
import { PRODUCTION } from '../../support/production.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
afterEach(() => world.close());

/** Signs in through a proxy that passes these headers; the browser is on https, so it keeps our cookies. */
async function signInThrough(headers: Record<string, string>, cookies = true) {
  const { email } = await world.addStaff('admin');
  const page = await request(world.url).get('/login').set(headers);
  const kept = ((page.headers['set-cookie'] ?? []) as unknown as string[]).map((cookie) => cookie.split(';', 1)[0]);
  const answer = await request(world.url)
    .post('/login')
    .set(headers)
    .set('Cookie', cookies ? kept.join('; ') : '')
    .type('form')
    .send({ _csrf: /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1], email, password: PASSWORD });
  return { page, answer };
}
const faults = () => world.logged.filter(({ msg }) => /can sign in/.test(String(msg))).map(({ msg }) => msg);
const HTTPS = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '203.0.113.5' };

describe('in production a proxy', () => {
  it('that is set up lets people sign in, and nothing is said', async () => {
    world = await createWorld({ environment: PRODUCTION });
    const { page, answer } = await signInThrough(HTTPS);
    expect([page.status, answer.status, faults()]).toEqual([200, 303, []]);
  });

  it('that is not named in TRUSTED_PROXIES is told of: once in the log, and on the page in words', async () => {
    world = await createWorld({ environment: { ...PRODUCTION, TRUSTED_PROXIES: '10.9.8.7' } });
    for (let visit = 0; visit < 3; visit++) {
      const { page, answer } = await signInThrough(HTTPS);
      expect([page.status, answer.status]).toEqual([503, 503]);
      for (const { text } of [page, answer]) expect(text).toContain('proxy is misconfigured');
    }
    expect(faults()).toEqual([
      expect.stringMatching(/^Nobody can sign in: the proxy at \S*127\.0\.0\.1 is not named in TRUSTED_PROXIES$/),
    ]);
    const russian = await request(world.url)
      .get('/login')
      .set({ ...HTTPS, 'Accept-Language': 'ru' });
    expect(russian.text).toContain('неверно настроен прокси-сервер сайта');
  });

  it('that does not say that people come over TLS is told of too, also where the browser kept no cookie', async () => {
    world = await createWorld({ environment: PRODUCTION });
    const { answer } = await signInThrough({ 'X-Forwarded-For': '203.0.113.5' }, false);
    expect([answer.status, answer.text]).toEqual([503, expect.stringContaining('proxy is misconfigured')]);
    await signInThrough({ 'X-Forwarded-Proto': 'http' });
    expect(faults()).toEqual([
      expect.stringMatching(/the proxy at \S+ does not pass X-Forwarded-Proto$/),
      expect.stringMatching(/plain http: the proxy at \S+ says X-Forwarded-Proto: "http"$/),
    ]);
    expect((await request(world.url).get('/healthz')).status).toBe(200);
  });
});

it('outside production nobody asks for a proxy', async () => {
  world = await createWorld();
  const { page, answer } = await signInThrough({});
  expect([page.status, answer.status, faults()]).toEqual([200, 303, []]);
});
