import { z } from 'zod';
import { DEMO_PASSWORD } from '../platform/config.ts';
import { ProxyMisconfigured, Refusal, StaffAddressRefused, WrongCredentials } from '../domain/errors.ts';
import { DEMO_ACCOUNTS } from '../domain/identity/demo-accounts.ts';
import { lengthOf, minimumFor } from '../domain/identity/password-policy.ts';
import { isRemembered } from '../domain/identity/remembered-browsers.ts';
import { recordSignIn } from '../domain/identity/sign-in-history.ts';
import type { KnownPerson } from '../domain/identity/sign-in.ts';
import { beginSession } from '../web/begin-session.ts';
import { setFlash, setVisitorFlash } from '../web/flash.ts';
import { listHref } from '../web/list-address.ts';
import { faultOfProxy } from '../web/middleware/proxy-check.ts';
import { rememberedToken } from '../web/middleware/remembered-cookie.ts';
import { visitOf } from '../web/middleware/sessions.ts';
import { isStaffAddress } from '../web/middleware/staff-limits.ts';
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

/** Somebody whom the password is not enough for is asked for a code; everybody else is signed in. */
export async function submitSignIn(context: RequestContext) {
  const { req, res, config } = context;
  const { email, password, next } = parseForm(req.body, SignIn);
  const typed = { email, next: localPath(next, '') };
  const refused = refusalOfProxy(context);
  if (refused) return renderSignIn(context, typed, refused);
  const person = await authenticate(context, { email, password });
  if (person instanceof Refusal) return renderSignIn(context, typed, person);
  if (person.isStaff && !isStaffAddress(req.ip ?? '', config.staffAddresses))
    return renderSignIn(context, typed, await staffRefused(context, person));
  const isShort = lengthOf(password) < minimumFor(config.passwordMinLength, person);
  if (person.hasFactor && !(await isRememberedHere(context, person))) {
    context.pending.keep(req, res, { ...person, next: typed.next, isShort });
    return res.redirect(303, '/login/second-factor');
  }
  await beginSession(context, person, person.hasFactor ? 'password_remembered' : 'password');
  if (isShort) askForLongerPassword(context);
  res.redirect(303, localPath(next, '/'));
}

async function staffRefused({ req, db, clock }: RequestContext, { userId }: KnownPerson): Promise<Refusal> {
  await recordSignIn(db, clock, { userId, outcome: 'refused', method: 'password', ...visitOf(req) });
  return new StaffAddressRefused();
}

/** Staff are asked each time. */
async function isRememberedHere({ req, db, clock, config }: RequestContext, { userId, isStaff }: KnownPerson) {
  const token = rememberedToken(req, userId, config.production);
  return !isStaff && token !== '' && isRemembered(db, clock, { userId, token });
}

/** The password is from before so many characters were asked for. */
export function askForLongerPassword({ req, t }: RequestContext) {
  setFlash(req, 'info', t('session.flash.short_password'), {
    href: '/security/password',
    label: t('security.password.change'),
  });
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
): Promise<KnownPerson | Refusal> {
  // passport would look into the address for what the form lacks, and passwords have no place there.
  if (email === '' || password === '') return Promise.resolve(new WrongCredentials());
  return new Promise((resolve, reject) => {
    const decide = (error: unknown, user: KnownPerson | false, info: unknown) => {
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
  canRegister: config.registration === 'open',
  demo: config.demo ? { password: DEMO_PASSWORD, accounts: shownAccounts } : null,
});
export type SignInPage = PageOf<typeof signInPage>;
