import { renderSVG } from 'uqr';
import { z } from 'zod';
import type { Refusal } from '../../domain/errors.ts';
import { newTotpSecret, totpAddress } from '../../domain/identity/totp.ts';
import type { Viewer } from '../../domain/identity/user-queries.ts';
import { makeRecoveryCodes, turnSecondFactorOff, turnSecondFactorOn } from '../../domain/accounts/second-factor.ts';
import { setFlash } from '../../web/flash.ts';
import { visitOf } from '../../web/middleware/sessions.ts';
import { parseForm } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { safe } from '../../web/rendering/html.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { RequestContext } from '../../web/request-context.ts';
import { showRecoveryCodes } from './recovery-codes.ts';

const Setup = z.object({ code: z.string().max(100).catch(''), setup: z.string().max(1000) });
/** What the secret is sealed for while it is being set up: it is not kept before a code has shown that the app has it. */
const SETUP = 'totp setup';
const SetupSecret = z.object({ userId: z.number(), secret: z.string() });

/** Sets up an app, or another one in its place. */
export async function showTotpSetup(context: RequestContext<Viewer>) {
  await renderSetup(context, newTotpSecret(), null);
}

/** Turns the second factor on, and shows the recovery codes once. */
export async function submitTotp(context: RequestContext<Viewer>) {
  const { req, viewer } = context;
  const { code, setup } = parseForm(req.body, Setup);
  const secret = secretOf(context, setup);
  if (secret === null) return renderSetup(context, newTotpSecret(), null);
  let codes: string[];
  try {
    codes = await turnSecondFactorOn(context, { userId: viewer.userId, visit: visitOf(req), secret, code });
  } catch (error) {
    return renderSetup(context, secret, refusalToShow(error));
  }
  await showRecoveryCodes(context, codes, { isFirst: true });
}

/** Turns the second factor off. */
export async function submitTotpRemoval(context: RequestContext<Viewer>) {
  const { req, res, viewer, t } = context;
  await turnSecondFactorOff(context, { userId: viewer.userId, visit: visitOf(req) });
  setFlash(req, 'success', t('security.flash.factor_off'));
  res.redirect(303, '/security');
}

/** Makes new recovery codes and shows them once. */
export async function submitRecoveryCodes(context: RequestContext<Viewer>) {
  const { req, viewer } = context;
  const codes = await makeRecoveryCodes(context, { userId: viewer.userId, visit: visitOf(req) });
  await showRecoveryCodes(context, codes, { isFirst: false });
}

/** The secret that the form was shown with; null where the form is another user's or too old to be opened. */
function secretOf({ sealing, viewer }: RequestContext<Viewer>, setup: string): string | null {
  try {
    const { userId, secret } = SetupSecret.parse(JSON.parse(sealing.open(setup, SETUP)));
    return userId === viewer.userId ? secret : null;
  } catch {
    return null;
  }
}

async function renderSetup(context: RequestContext<Viewer>, secret: string, refusal: Refusal | null) {
  await renderPage(context, 'security/totp', setupPage(context, secret, refusal), { status: refusal?.status ?? 200 });
}

function setupPage({ config, sealing, viewer, t }: RequestContext<Viewer>, secret: string, refusal: Refusal | null) {
  const { userId, email, hasFactor, kind } = viewer;
  const isNeeded = kind === 'staff' ? config.production : config.customersNeedSecondFactor;
  return {
    title: t(hasFactor ? 'security.totp.replace_title' : 'security.totp.title'),
    isDemanded: !hasFactor && isNeeded,
    qr: safe(drawQr(totpAddress(secret, { email, issuer: config.seller.name }))),
    secret: secret.replace(/.{4}(?=.)/g, '$& '),
    setup: sealing.seal(JSON.stringify({ userId, secret }), SETUP),
    refusal,
  };
}
export type TotpSetupPage = PageOf<typeof setupPage>;

/** Dark on light in every theme, or cameras do not read it; without its inline colours, which the page's policy forbids. */
const drawQr = (text: string) => renderSVG(text, { border: 3, pixelSize: 4, whiteColor: '#fff', blackColor: '#000' });
