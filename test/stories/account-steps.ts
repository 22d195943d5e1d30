import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { Money } from '../../src/domain/money/money.ts';
import type { AccountMessageKind } from '../../src/domain/notifications/messages.ts';
import { totpCode } from '../../src/domain/identity/totp.ts';
import { adjustBalance } from '../../src/domain/staff/adjust-balance.ts';
import { expectNoSidewaysScrolling } from '../support/demo-in-browser.ts';
import { linkTo } from '../support/links.ts';
import type { World } from '../support/world.ts';

/** Somebody who has just found the portal. */
export interface Newcomer {
  world: World;
  page: Page;
  email: string;
  password: string;
}

export const FIRST_PASSWORD = 'seven green umbrellas on a tram';
export const SECOND_PASSWORD = 'eleven brown teapots in the rain';

async function open({ world, page }: Newcomer, email: string, kind: AccountMessageKind) {
  await page.goto(await linkTo(world, email, kind));
  await expectNoSidewaysScrolling(page);
}

const submit = (page: Page, action: string) => page.click(`form[action="${action}"] button[type=submit]`);

/** From the order form by way of the sign-in page, so that what was chosen is there afterwards. */
export async function registerAndConfirm(newcomer: Newcomer) {
  const { page, email, password } = newcomer;
  await page.goto('/orders/new?plan=vps-2&hostname=first.example.com');
  await page.click('form[data-order-form] button[type=submit]:not([name]):visible');
  await page.waitForURL('**/login?**');
  await page.click('a[href^="/register"]');
  await page.fill('#email', email);
  await page.fill('#password', 'password1234');
  await page.selectOption('#country', 'PL');
  await page.selectOption('#currency', 'EUR');
  await expectNoSidewaysScrolling(page);
  await submit(page, '/register');
  await page.locator('#password-error').waitFor();
  await page.fill('#password', password);
  await submit(page, '/register');
  await page.waitForURL('**/email-confirmations');
  await open(newcomer, email, 'confirm_email');
  await page.click('form[action^="/email-confirmations/"] button[type=submit]');
  await page.waitForURL('**/login?**');
  await signIn(newcomer);
  await page.waitForURL('**/orders/new?**');
  expect(await page.inputValue('#hostname')).toBe('first.example.com');
}

async function signIn({ page, email, password }: Newcomer) {
  await page.fill('#email', email);
  await page.fill('#password', password);
  await submit(page, '/login');
}

export async function fillInTheProfile({ page }: Newcomer) {
  await page.goto('/profile');
  await page.fill('#first_name', 'Nina');
  await page.fill('#last_name', 'Novak');
  await page.fill('#city', 'Gdynia');
  await page.fill('#address', 'Prosta 1');
  await page.fill('#phone', '+48 58 555 01 23');
  await submit(page, '/profile');
  await page.locator('.flash-success').waitFor();
}

/** @returns the recovery codes */
export async function setUpAFactor({ world, page }: Newcomer): Promise<string[]> {
  await page.goto('/security');
  await page.click('a[href="/security/totp"]');
  await expectNoSidewaysScrolling(page);
  const secret = ((await page.textContent('.command code')) ?? '').replaceAll(/\s/g, '');
  await page.fill('#code', totpCode(secret, world.clock.now()));
  await submit(page, '/security/totp');
  await page.locator('.codes').waitFor();
  await expectNoSidewaysScrolling(page);
  const codes = (await page.locator('.codes code').allTextContents()).map((code) => code.trim());
  expect(codes).toHaveLength(10);
  await page.click('a.button-primary[href="/security"]');
  await page.locator('.badge-good').first().waitFor();
  return codes;
}

/** Orders, to be paid by somebody else. */
export async function orderForLater({ page }: Newcomer) {
  await page.goto('/orders/new?plan=vps-1');
  await page.fill('#hostname', 'second.example.com');
  await page.click('form[data-order-form] button[value=later]:visible');
  await page.waitForURL('**/invoices/*');
  return new URL(page.url()).pathname;
}

/** Invites a bookkeeper, who chooses a password, pays the invoice and cannot order. */
export async function inviteABookkeeper(newcomer: Newcomer, browser: Browser, invoice: string) {
  const { world, page, email } = newcomer;
  const invited = `books-of-${email}`;
  await page.goto('/members');
  await page.fill('form[action="/members/invitations"] input[name=email]', invited);
  await expectNoSidewaysScrolling(page);
  await submit(page, '/members/invitations');
  await page.locator('.flash-success').waitFor();
  await topUp(newcomer);
  const context = await browser.newContext({ baseURL: world.url });
  const theirs = await context.newPage();
  const bookkeeper = { ...newcomer, page: theirs, email: invited };
  await open(bookkeeper, invited, 'member_invited');
  await theirs.fill('#password', bookkeeper.password);
  await theirs.click('form[action^="/invitations/"] button[type=submit]');
  await theirs.waitForURL('**/login?**');
  await signIn(bookkeeper);
  await theirs.waitForURL((url) => url.pathname === '/');
  await theirs.goto(invoice);
  await theirs.click('.pay-card button[value=balance]');
  await theirs.locator('.flash-success').waitFor();
  await theirs.goto('/orders/new?plan=vps-1');
  await theirs.fill('#hostname', 'third.example.com');
  const refused = theirs.waitForResponse((answer) => answer.request().method() === 'POST');
  await theirs.click('form[data-order-form] button[value=later]:visible');
  expect((await refused).status()).toBe(403);
  await context.close();
  await page.goto(invoice);
  expect(await page.textContent('.timeline')).toContain(invited);
}

/** The provider credits the balance: what is paid from outside is told elsewhere. */
async function topUp({ world, email }: Newcomer) {
  const customerId = await world.customerIdOf(email);
  const { id: userId } = await world.db('users').where({ email: 'billing@kabinet.example' }).first('id');
  await adjustBalance(world.db, world.clock, {
    customerId,
    userId,
    money: Money.of('500.00', 'EUR'),
    reason: 'Welcome',
  });
}

/** Without the phone: a recovery code takes the place of the app. */
export async function signInWithoutThePhone(newcomer: Newcomer, code: string) {
  const { page } = newcomer;
  await page.context().clearCookies();
  await page.goto('/login');
  await signIn(newcomer);
  await page.waitForURL('**/login/second-factor');
  await expectNoSidewaysScrolling(page);
  await page.fill('#code', '000000');
  await submit(page, '/login/second-factor');
  await page.locator('#code-error').waitFor();
  await page.fill('#code', code);
  await submit(page, '/login/second-factor');
  await page.waitForURL((url) => url.pathname === '/');
}

/** Changes the e-mail, and takes it back from the old address. */
export async function changeTheEmailAndTakeItBack(newcomer: Newcomer) {
  const { page, email } = newcomer;
  const other = `other-${email}`;
  await page.goto('/security/email');
  await page.fill('#email', other);
  await submit(page, '/security/email');
  await page.locator('.flash-success').waitFor();
  await open(newcomer, other, 'confirm_new_email');
  await page.click('form[action^="/email-confirmations/"] button[type=submit]');
  await page.goto('/security');
  expect(await page.textContent('main')).toContain(other);
  await open(newcomer, email, 'email_changed');
  await page.click('form[action^="/email-returns/"] button[type=submit]');
  await page.waitForURL('**/password-resets/*');
  await page.fill('#password', SECOND_PASSWORD);
  await page.click('form[action^="/password-resets/"] button[type=submit]');
  await page.waitForURL('**/login');
}
