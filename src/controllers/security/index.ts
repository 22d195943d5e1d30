import { listRememberedBrowsers } from '../../domain/identity/remembered-browsers.ts';
import { FEW_RECOVERY_CODES, findSecondFactor, RECOVERY_CODES } from '../../domain/identity/second-factor.ts';
import { endSession, endSessions, listSessions } from '../../domain/identity/sessions.ts';
import { forgetBrowser } from '../../domain/identity/remembered-browsers.ts';
import { HISTORY_DAYS, listSignIns } from '../../domain/identity/sign-in-history.ts';
import { getPasswordChangedAt, type Viewer } from '../../domain/identity/user-queries.ts';
import { setFlash } from '../../web/flash.ts';
import { foundSession } from '../../web/middleware/sessions.ts';
import { parseId } from '../../web/parse-request.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { RequestContext } from '../../web/request-context.ts';

const SIGN_INS_SHOWN = 20;

/** How somebody's account is protected, and where they are signed in. */
export async function showSecurity(context: RequestContext<Viewer>) {
  await renderPage(context, 'security/index', await securityPage(context));
}

/** Ends a session; its next request is anonymous. */
export async function submitSessionEnd({ db, req, res, viewer, t }: RequestContext<Viewer>) {
  await endSession(db, { userId: viewer.userId, sessionId: parseId(req.params['id']) });
  setFlash(req, 'success', t('security.flash.session_ended'));
  res.redirect(303, '/security');
}

/** Ends all sessions but this one. */
export async function submitSessionsEnd({ db, req, res, viewer, t }: RequestContext<Viewer>) {
  const count = await endSessions(db, { userId: viewer.userId, except: foundSession(req.session)?.id });
  setFlash(req, 'success', t('security.flash.sessions_ended', { count }));
  res.redirect(303, '/security');
}

/** From now on the browser is asked for the code again. */
export async function submitBrowserRemoval({ db, req, res, viewer, t }: RequestContext<Viewer>) {
  await forgetBrowser(db, { userId: viewer.userId, id: parseId(req.params['id']) });
  setFlash(req, 'success', t('security.flash.browser_forgotten'));
  res.redirect(303, '/security');
}

async function securityPage({ db, clock, req, viewer, t }: RequestContext<Viewer>) {
  const { userId } = viewer;
  const [passwordChangedAt, factor, browsers, sessions, signIns] = await Promise.all([
    getPasswordChangedAt(db, userId),
    findSecondFactor(db, userId),
    listRememberedBrowsers(db, clock, userId),
    listSessions(db, userId),
    listSignIns(db, userId, { limit: SIGN_INS_SHOWN + 1, offset: 0 }),
  ]);
  const present = foundSession(req.session)?.id;
  return {
    title: t('security.title'),
    email: viewer.email,
    confirmed: viewer.confirmed,
    passwordChangedAt,
    factor: factor && { ...factor, codes: RECOVERY_CODES, fewLeft: factor.codesLeft <= FEW_RECOVERY_CODES },
    browsers,
    sessions: sessions.map((session) => ({ ...session, present: session.id === present })),
    signIns: signIns.slice(0, SIGN_INS_SHOWN),
    moreSignIns: signIns.length > SIGN_INS_SHOWN,
    historyDays: HISTORY_DAYS,
    lone: viewer.kind === 'lone',
  };
}
export type SecurityPage = PageOf<typeof securityPage>;
