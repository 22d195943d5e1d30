import { z } from 'zod';
import { NotFound, WebhookRefused } from '../domain/errors.ts';
import { Money } from '../domain/money/money.ts';
import { openOrder, reportToPortal, type SandboxOrder } from '../domain/gateways/sandbox.ts';
import { listHref } from '../web/list-address.ts';
import { localPath, parseForm } from '../web/parse-request.ts';
import { type PageOf, renderPage } from '../web/rendering/render-page.ts';
import type { RequestContext } from '../web/request-context.ts';

const sealed = z.string().min(1).max(2000);
const ACTIONS = { pay: 'captured', decline: 'declined', later: 'pending' } as const;

/** The sandbox bank's page (rule T4): it knows what its order says and nothing of the portal. */
export async function showSandboxBank(context: RequestContext) {
  const { order, token } = orderOf(context, context.req.query);
  await renderBank(context, order, token, false);
}

const Decision = z.object({ order: sealed, action: z.enum(['pay', 'decline', 'later']) });

/** Decides, reports it to the portal's webhook over HTTP, and sends the payer back. */
export async function decideAtSandboxBank(context: RequestContext) {
  const { req, res, clock } = context;
  const { secret, order, token } = orderOf(context, req.body);
  const { action } = parseForm(req.body, Decision);
  const status = await reportToPortal(secret, order, ACTIONS[action], clock.now()).catch(() => 0);
  if (status !== 200) return renderBank(context, order, token, true);
  const back = new URL(order.returnUrl);
  res.redirect(303, localPath(back.pathname + back.search, '/'));
}

function orderOf({ sandboxSecret }: RequestContext, source: unknown) {
  if (sandboxSecret === null) throw new NotFound();
  const { order: token } = parseForm(source, z.object({ order: sealed }));
  try {
    return { secret: sandboxSecret, token, order: openOrder(sandboxSecret, token) };
  } catch (error) {
    if (error instanceof WebhookRefused) throw new NotFound();
    throw error;
  }
}

async function renderBank(context: RequestContext, order: SandboxOrder, token: string, unreachable: boolean) {
  const page = sandboxBankPage(context, order, token, unreachable);
  await renderPage(context, 'sandbox-bank', page, { layout: 'bare', status: unreachable ? 502 : 200 });
}

const sandboxBankPage = ({ t }: RequestContext, order: SandboxOrder, token: string, unreachable: boolean) => ({
  title: t('sandbox_bank.title'),
  here: listHref('/sandbox-bank', {}, { order: token }),
  amount: Money.of(order.amount, order.currency),
  description: order.description,
  token,
  back: localPath(new URL(order.returnUrl).pathname, '/'),
  unreachable,
});
export type SandboxBankPage = PageOf<typeof sandboxBankPage>;
