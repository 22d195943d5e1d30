import type { Viewer } from '../domain/identity/user-queries.ts';
import { minimumFor, type PasswordRules } from '../domain/identity/password-policy.ts';
import type { Config } from '../platform/config.ts';

/** What a new password of somebody has to be like, as far as they are known. */
export const passwordRulesFor = (
  { passwordMinLength, seller }: Pick<Config, 'passwordMinLength' | 'seller'>,
  viewer: Pick<Viewer, 'kind' | 'email' | 'name' | 'hasFactor'>,
): PasswordRules => ({
  minimum: minimumFor(passwordMinLength, { isStaff: viewer.kind === 'staff', hasFactor: viewer.hasFactor }),
  about: [seller.name, viewer.email, viewer.name],
});
