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
  /** What the form asks for, which may be more than of a customer. */
  minimum: z.coerce.number().int().min(0).max(LONGEST_PASSWORD).catch(0),
});

/** Judging takes some hundredths of a second in which no page is answered: for one place, and for all of them. */
const judgedAMinute = new RateLimiterMemory({ points: 30, duration: 60 });
const judgedASecond = new RateLimiterMemory({ points: 5, duration: 1 });

/** Says while somebody types whether a password can be taken. The server decides again when the form is sent. */
export async function judgeTypedPassword(context: RequestContext) {
  const { req, res, config, viewer, t } = context;
  const { password, email, minimum } = parseForm(req.body, Typed);
  const refuse = () => {
    throw new TooManyAttempts({ seconds: 60 });
  };
  await judgedAMinute.consume(placeOf(req.ip ?? '')).catch(refuse);
  await judgedASecond.consume('all').catch(refuse);
  const visitor = { kind: 'customer', email, name: '', hasFactor: false } as const;
  const asked = passwordRulesFor(config, viewer ?? visitor);
  const rules = { ...asked, minimum: Math.max(asked.minimum, minimum) };
  const fault = await judgePassword(password, rules);
  const text = fault ? t(`errors.password.${fault}`, { count: rules.minimum }) : t('security.password.good');
  res.json({ good: fault === null, text });
}
