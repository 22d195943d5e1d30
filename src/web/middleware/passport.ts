import type { Request } from 'express';
import { Passport } from 'passport';
import { Strategy } from 'passport-local';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { Refusal } from '../../domain/errors.ts';
import type { SignInThrottle } from '../../domain/identity/sign-in-throttle.ts';
import { signIn } from '../../domain/identity/sign-in.ts';
import type { Viewer } from '../../domain/identity/user-queries.ts';
import type { KnownDevices } from './known-devices.ts';
import { foundSession, visitOf } from './sessions.ts';

/** Passport with the one strategy, e-mail and password; the user is read again with the session on each request. */
export function createPassport(db: Db, clock: Clock, throttle: SignInThrottle, devices: KnownDevices) {
  const passport = new Passport();
  passport.use(
    new Strategy({ usernameField: 'email', passReqToCallback: true }, (req, typed, password, done) => {
      const email = typed.trim();
      const device = devices.find(req, email);
      signIn(db, clock, throttle, { email, password, device, ...visitOf(req) }).then(
        (person) => done(null, person),
        (error: unknown) => (error instanceof Refusal ? done(null, false, error as never) : done(error)),
      );
    }),
  );
  passport.serializeUser((user, done) => done(null, (user as { userId: number }).userId));
  // A user who is gone or disabled is nobody from the next request on.
  passport.deserializeUser((req: Request, _userId: number, done: (error: unknown, user: Viewer | false) => void) =>
    done(null, foundSession(req.session)?.viewer ?? false),
  );
  return passport;
}

export type AppPassport = ReturnType<typeof createPassport>;
