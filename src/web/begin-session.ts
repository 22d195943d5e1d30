import type { Request } from 'express';
import { endOldestSessions } from '../domain/identity/sessions.ts';
import type { SignInMethod } from '../domain/identity/sign-in-history.ts';
import { noteSignIn } from '../domain/accounts/note-sign-in.ts';
import { visitOf } from './middleware/sessions.ts';
import type { RequestContext } from './request-context.ts';

/**
 * Signs somebody in who has shown all that is asked for. The session is a new one: a planted or an old one is worth
 * nothing.
 */
export async function beginSession(
  { req, res, db, clock, devices }: RequestContext,
  { userId, email }: { userId: number; email: string },
  method: SignInMethod,
): Promise<void> {
  const isKnownDevice = devices.find(req, email) !== null;
  await logIn(req, userId, {});
  req.session.confirmedAt = clock.now().getTime();
  await endOldestSessions(db, userId);
  await noteSignIn(db, clock, { userId, method, visit: visitOf(req), isKnownDevice });
  devices.remember(res, email);
}

/** Somebody who is signed in has shown again who they are: the session goes on under another id. */
export async function confirmSession({ req, clock }: RequestContext, userId: number): Promise<void> {
  await logIn(req, userId, { keepSessionInfo: true });
  req.session.confirmedAt = clock.now().getTime();
}

/** Through passport, which gives the session a new id. */
async function logIn(req: Request, userId: number, options: { keepSessionInfo?: boolean }): Promise<void> {
  await new Promise<void>((resolve, reject) =>
    req.login({ userId }, options as never, (error?: Error | null) => (error ? reject(error) : resolve())),
  );
}
