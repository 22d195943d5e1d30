import { z } from 'zod';
import { DEMO_PASSWORD } from '../platform/config.ts';
import { ProxyMisconfigured, Refusal, WrongCredentials } from '../domain/errors.ts';
import { DEMO_ACCOUNTS } from '../domain/identity/demo-accounts.ts';
import { setVisitorFlash } from '../web/flash.ts';
import { listHref } from '../web/list-address.ts';
import { faultOfProxy } from '../web/middleware/proxy-check.ts';
import { localPath, parseForm } from '../web/parse-request.ts';
import { type PageOf, renderPage } from '../web/rendering/render-page.ts';
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
  const { req, res, clock, devices } = context;
  const { email, password, next } = parseForm(req.body, SignIn);
  const typed = { email, next: localPath(next, '') };
  const refused = refusalOfProxy(context);
  if (refused) return renderSignIn(context, typed, refused);
  const signedIn = await authenticate(context, { email, password });
  if (signedIn instanceof Refusal) return renderSignIn(context, typed, signedIn);
  await new Promise<void>((resolve, reject) =>
    req.login(signedIn, (error) => (error ? reject(error as Error) : resolve())),
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

async function renderSignIn(context: RequestContext, typed: TypedSignIn, refusal: Refusal | null) {
  await renderPage(context, 'session', signInPage(context, typed, refusal), {
    status: refusal?.status ?? 200,
    layout: 'bare',
  });
}

/** Asks passport. @returns the user, or why nobody is signed in */
function authenticate(
  { req, res, passport }: RequestContext,
  { email, password }: { email: string; password: string },
): Promise<{ userId: number } | Refusal> {
  // passport would look into the address for what the form lacks, and passwords have no place there.
  if (email === '' || password === '') return Promise.resolve(new WrongCredentials());
  return new Promise((resolve, reject) => {
    const decide = (error: unknown, user: { userId: number } | false, info: unknown) => {
      if (error) reject(error);
      else resolve(user || (info instanceof Refusal ? info : new WrongCredentials()));
    };
    passport.authenticate('local', decide)(req, res, reject);
  });
}

const shownAccounts = DEMO_ACCOUNTS.map(({ email, words }) => ({ email, who: words }));

interface TypedSignIn {
  email: string;
  next: string;
}

const signInPage = ({ t, config }: RequestContext, typed: TypedSignIn, refusal: Refusal | null) => ({
  title: t('session.title'),
  ...(refusal && { here: listHref('/login', {}, { ...typed }) }),
  typed,
  refusal,
  supportEmail: config.supportEmail,
  demo: config.demo ? { password: DEMO_PASSWORD, accounts: shownAccounts } : null,
});
export type SignInPage = PageOf<typeof signInPage>;
