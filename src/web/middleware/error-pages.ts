import type { NextFunction, Request, Response } from 'express';
import {
  DatabaseUnavailable,
  Forbidden,
  ForgedRequest,
  MalformedRequest,
  NotFound,
  ProxyMisconfigured,
  Refusal,
  WebhookRefused,
} from '../../domain/errors.ts';
import { setFlash, setVisitorFlash } from '../flash.ts';
import { CONFIRMATION, ConfirmationRequired } from '../fresh-session.ts';
import { SignInRequired } from '../guards.ts';
import { formPageFor, keepRefusedForm } from '../refused-form.ts';
import { listHref } from '../list-address.ts';
import { ERROR_PAGE, type PageOf, renderPage, renderPageOfOutage } from '../rendering/render-page.ts';
import { contextOf, type RequestContext, type Services } from '../request-context.ts';
import { isCsrfError, isFormOfViewer } from './csrf.ts';
import { faultOfProxy } from './proxy-check.ts';
import { viewerOf } from './viewer.ts';

/** A path that no route has. */
export function nothingHere(_req: Request, _res: Response, next: NextFunction) {
  next(new NotFound());
}

const RETRY_AFTER_SECONDS = '10';

class TooLarge extends Refusal {
  readonly key = 'too_large';
  override readonly status = 413;
}

/** Whatever went wrong becomes a page: a refusal with its words, a fault with an id and nothing else. */
export function errorPages(services: Services) {
  const answer = async (error: unknown, req: Request, res: Response, next: NextFunction): Promise<void> => {
    if (res.headersSent) return next(error);
    if (error instanceof SignInRequired && mayHaveForm(req)) return askToSignIn(req, res);
    if (error instanceof ConfirmationRequired) return askToConfirm(contextOf(services, req, res, viewerOf(req)));
    if (isCsrfError(error) && isFromOurPage(req)) return askToSendAgain(contextOf(services, req, res, viewerOf(req)));
    const refusal = services.health.note(error)
      ? new DatabaseUnavailable()
      : withItsReason(refusalOf(error), req, services);
    if (refusal instanceof DatabaseUnavailable) res.set('Retry-After', RETRY_AFTER_SECONDS);
    if (refusal instanceof ForgedRequest && hadSession(req) && req.path !== '/login') return askToSignIn(req, res);
    if (!refusal) req.log.error({ err: error }, 'fault');
    if (refusal instanceof WebhookRefused) return void res.status(400).json({ error: refusal.data['reason'] });
    if (req.path.startsWith('/webhooks/'))
      return void res.status(refusal?.status ?? 500).json({ error: refusal?.key ?? 'fault' });
    const context = contextOf(services, req, res, viewerOf(req));
    const status = refusal?.status ?? 500;
    const page = errorPage(context, refusal);
    try {
      if (refusal instanceof DatabaseUnavailable) return renderPageOfOutage(context, ERROR_PAGE, page, status);
      await renderPage(context, ERROR_PAGE, page, {
        status,
        layout: errorLayout(req, refusal),
      });
    } catch (fault) {
      if (!(refusal instanceof DatabaseUnavailable) && services.health.note(fault))
        return answer(new DatabaseUnavailable(), req, res, next);
      req.log.error({ err: fault }, 'the error page failed');
      res
        .status(500)
        .type('text')
        .send(`Error ${requestId(req)}`);
    }
  };
  return answer;
}

/** Staff keep their desk around them; visitors see the portal only where they have lost their way. */
function errorLayout(req: Request, refusal: Refusal | null) {
  if (viewerOf(req)?.kind === 'staff') return 'desk';
  return req.user || refusal instanceof NotFound ? 'main' : 'bare';
}

function errorPage({ req, viewer, config, t }: RequestContext, refusal: Refusal | null) {
  const isCustomer = viewer?.kind === 'customer';
  const order = isCustomer ? refusal?.data['order'] : undefined;
  const isNotFound = refusal instanceof NotFound;
  return {
    title: t(`errors.page.title.${isNotFound ? 'not_found' : refusal ? titleOf(refusal) : 'fault'}`),
    refusal,
    isNotFound,
    /** Of something that may be asked about; a mistyped address is not. */
    requestId: isNotFound ? null : requestId(req),
    /** The order that was refused something, for a way back to it. */
    order: typeof order === 'number' ? order : null,
    contact:
      isCustomer && viewer.rights.has('support') && viewer.blocked === null
        ? '/support'
        : `mailto:${config.supportEmail}`,
    wayOut: viewer
      ? { href: '/', label: t('errors.page.to_home') }
      : { href: '/login', label: t('errors.page.to_sign_in') },
  };
}
export type ErrorPage = PageOf<typeof errorPage>;

const titleOf = (refusal: Refusal) => (refusal instanceof Forbidden ? 'forbidden' : 'refused');

/** Somebody whose session has ended sends a form of it: nothing is done, and they are asked to sign in again. */
const hadSession = (req: Request) => !viewerOf(req) && /kabinet=/.test(req.headers.cookie ?? '');

/** A stranger who sends a form without ever having been shown one is not asked to sign in: it is forged. */
const mayHaveForm = (req: Request) => req.method !== 'POST' || hadSession(req) || req.visitor?.token !== undefined;

/**
 * The browser says that one of our own pages sent it, which `sameSite` has looked at; and it was shown to the same user,
 * so that nobody is shown what another person typed.
 */
const isFromOurPage = (req: Request) =>
  isFormOfViewer(req) &&
  req.route !== undefined &&
  (req.get('origin') !== undefined || req.get('sec-fetch-site') === 'same-origin');

/**
 * A page that was opened before its person signed in again has an old token: the same form is shown with what was typed,
 * to be sent once more.
 */
function askToSendAgain({ req, res, t }: RequestContext) {
  const page = formPageFor(res) ?? '/';
  keepRefusedForm(req, page, null);
  setFlash(req, 'info', t('errors.send_again'));
  res.redirect(303, page);
}

/** What was typed is kept for when they come back. */
function askToConfirm({ req, res }: RequestContext) {
  const page = req.method === 'GET' ? req.originalUrl : (formPageFor(res) ?? '/security');
  if (req.method !== 'GET') keepRefusedForm(req, page, null);
  res.redirect(303, listHref(CONFIRMATION, {}, { next: page }));
}

function askToSignIn(req: Request, res: Response) {
  // The form whose session has ended is shown again, empty: what was typed into it may be another person's.
  const asked = req.method === 'GET' ? req.originalUrl : formPageFor(res);
  const next = asked === '/' ? undefined : asked;
  if (req.method !== 'GET') setVisitorFlash(res, 'session_ended');
  res.redirect(303, listHref('/login', {}, { next }));
}

/** The refusal that an error is, in whatever way a library says it; null for faults of ours. */
function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  if (isCsrfError(error) || error instanceof SignInRequired) return new ForgedRequest();
  const { status, statusCode, code, type } = error as {
    status?: number;
    statusCode?: number;
    code?: string;
    type?: string;
  };
  if (status === 413 || statusCode === 413 || code === 'LIMIT_FILE_SIZE') return new TooLarge();
  if (type?.startsWith('entity.') || code?.startsWith('LIMIT_') || error instanceof URIError)
    return new MalformedRequest();
  const clientFault = status ?? statusCode;
  return clientFault !== undefined && clientFault >= 400 && clientFault < 500 ? new MalformedRequest() : null;
}

/** The browser keeps none of our cookies over plain http, so no token can be right: the page is not to blame. */
function withItsReason(refusal: Refusal | null, req: Request, { config }: Services): Refusal | null {
  const tokenLost = refusal instanceof ForgedRequest && config.production && faultOfProxy(req) !== null;
  return tokenLost ? new ProxyMisconfigured() : refusal;
}

/** The request log gives every request an id of ours, a text. */
const requestId = (req: Request) => req.id as string;
