import { totpCode } from '../../src/domain/identity/totp.ts';
import type { TestClock } from './clock.ts';
import type { Visitor } from './visitor.ts';

/** An authenticator app with one account in it. */
export interface App {
  secret: string;
  recoveryCodes: string[];
  code(): string;
}

/** Sets the second factor up for somebody who is signed in, as they would by hand. */
export async function setUpFactor(visitor: Visitor, clock: TestClock): Promise<App> {
  const page = await visitor.get('/security/totp');
  const secret = page.textOf('.command code').replaceAll(' ', '');
  const code = () => totpCode(secret, clock.now());
  const setup = page.value('input[name=setup]');
  const shown = await visitor.post('/security/totp', { setup, code: code() });
  if (shown.status !== 200) throw new Error(`Setting up a factor was answered ${shown.status}`);
  // Of each time step one code is accepted.
  clock.advanceSeconds(30);
  return { secret, recoveryCodes: shown.texts('.codes code'), code };
}
