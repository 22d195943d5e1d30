import { RateLimiterMemory } from 'rate-limiter-flexible';
import { z } from 'zod';
import { TooManyAttempts } from '../domain/errors.ts';
import { placeOf } from '../domain/identity/network-place.ts';
import { judgePassword, LONGEST_PASSWORD } from '../domain/identity/password-policy.ts';
import { parseForm } from '../web/parse-request.ts';
import { passwordRulesFor } from '../web/password-rules.ts';
import type { RequestContext } from '../web/request-context.ts';

const Typed = z.object({
  password: z.string().max(LONGEST_PASSWORD * 4),
  email: z.string().max(254).catch(''),
});

/** Judging takes some hundredths of a second: nobody types faster than this, in a minute. */
const JUDGED_A_MINUTE = 60;
const judged = new RateLimiterMemory({ points: JUDGED_A_MINUTE, duration: 60 });

/** Says while somebody types whether a password can be taken. The server decides again when the form is sent. */
export async function judgeTypedPassword(context: RequestContext) {
  const { req, res, config, viewer, t } = context;
  const { password, email } = parseForm(req.body, Typed);
  await judged.consume(placeOf(req.ip ?? '')).catch(() => {
    throw new TooManyAttempts({ seconds: 60 });
  });
  const visitor = { kind: 'customer', email, name: '', hasFactor: false } as const;
  const rules = passwordRulesFor(config, viewer ?? visitor);
  const fault = await judgePassword(password, rules);
  const text = fault ? t(`errors.password.${fault}`, { count: rules.minimum }) : t('security.password.good');
  res.json({ good: fault === null, text });
}
