import { Passport } from 'passport';
import { Strategy } from 'passport-local';
import type { Db } from '../../platform/db/database.ts';
import { Refusal } from '../../domain/errors.ts';
import type { SignInThrottle } from '../../domain/identity/sign-in-throttle.ts';
import { signIn } from '../../domain/identity/sign-in.ts';
import { findViewer } from '../../domain/identity/user-queries.ts';
import type { KnownDevices } from './known-devices.ts';

/** Passport with the one strategy, e-mail and password; the user is read again on each request. */
export function createPassport(db: Db, throttle: SignInThrottle, devices: KnownDevices) {
  const passport = new Passport();
  passport.use(
    new Strategy({ usernameField: 'email', passReqToCallback: true }, (req, typed, password, done) => {
      const email = typed.trim();
      const device = devices.find(req, email);
      signIn(db, throttle, { email, password, address: req.ip ?? '', device }).then(
        (userId) => done(null, { userId }),
        (error: unknown) => (error instanceof Refusal ? done(null, false, error as never) : done(error)),
      );
    }),
  );
  passport.serializeUser((user, done) => done(null, (user as { userId: number }).userId));
  passport.deserializeUser((userId: number, done) => {
    // A user who is gone or disabled is nobody from the next request on.
    findViewer(db, userId).then((viewer) => done(null, viewer ?? false), done);
  });
  return passport;
}

export type AppPassport = ReturnType<typeof createPassport>;
