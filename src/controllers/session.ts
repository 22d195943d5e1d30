import { z } from 'zod';
import { DEMO_PASSWORD } from '../platform/config.ts';
import { ProxyMisconfigured, Refusal, WrongCredentials } from '../domain/errors.ts';
import { setVisitorFlash } from '../web/flash.ts';
import { listHref } from '../web/list-address.ts';
import { faultOfProxy } from '../web/middleware/proxy-check.ts';
import { localPath, parseForm } from '../web/parse-request.ts';
import { renderPage } from '../web/rendering/render-page.ts';
import type { RequestContext } from '../web/request-context.ts';

const SignIn = z.object({
  email: z.string().trim(),
  password: z.string(),
  next: z.string().optional(),
});

/** The address that was typed stays when the language is switched after a refusal. */
const Query = z.object({ email: z.string().max(254).catch('') });

export async function showSignIn(context: RequestContext) {
  const { req, res, viewer } = context;
  if (viewer) return res.redirect(303, '/');
  const { email } = Query.parse(req.query);
  const typed = { email, next: localPath(req.query['next'], '') };
  await renderSignIn(context, typed, refusalOfProxy(context));
}

/** Signs in through passport, which gives the session a new id; a planted or old one is worth nothing. */
export async function submitSignIn(context: RequestContext) {
  const { req, res, clock, passport, devices } = context;
  const { email, password, next } = parseForm(req.body, SignIn);
  const refusal = refusalOfProxy(context);
  if (refusal) return renderSignIn(context, { email, next: localPath(next, '') }, refusal);
  // passport would look into the address for what the form lacks, and passwords have no place there.
  if (email === '' || password === '')
    return renderSignIn(context, { email, next: localPath(next, '') }, new WrongCredentials());
  Object.assign(req.body as object, { email });
  const result = await new Promise<{ user: { userId: number } | null; refusal: Refusal }>((resolve, reject) => {
    const decide = (error: unknown, user: { userId: number } | false, info: unknown) =>
      error
        ? reject(error)
        : resolve({ user: user || null, refusal: info instanceof Refusal ? info : new WrongCredentials() });
    passport.authenticate('local', decide)(req, res, reject);
  });
  if (!result.user) return renderSignIn(context, { email, next: localPath(next, '') }, result.refusal);
  const { user } = result;
  await new Promise<void>((resolve, reject) =>
    req.login(user, (error) => (error ? reject(error as Error) : resolve())),
  );
  const now = clock.now().getTime();
  Object.assign(req.session, { signedInAt: now, seenAt: now });
  devices.remember(res, email);
  res.redirect(303, localPath(next, '/'));
}

export async function signOut({ req, res }: RequestContext) {
  // Not passport's way, which begins a new session that nobody has the cookie of.
  await new Promise<void>((resolve, reject) =>
    req.session.destroy((error) => (error ? reject(error as Error) : resolve())),
  );
  setVisitorFlash(res, 'signed_out');
  res.redirect(303, '/login');
}

/** The browser would be sent no session, and the sign-in lead back to itself without a word. */
const refusalOfProxy = ({ req, config }: RequestContext) =>
  config.production && faultOfProxy(req) !== null ? new ProxyMisconfigured() : null;

async function renderSignIn(context: RequestContext, typed: { email: string; next: string }, refusal: Refusal | null) {
  const { t, config } = context;
  await renderPage(
    context,
    'session',
    {
      title: t('sign_in.title'),
      ...(refusal && { here: listHref('/login', {}, typed) }),
      typed,
      refusal,
      demoPassword: config.demo ? DEMO_PASSWORD : null,
    },
    { status: refusal?.status ?? 200, layout: 'bare' },
  );
}
