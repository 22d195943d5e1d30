import type { Request, Response } from 'express';
import type { CustomerViewer } from '../../domain/identity/user-queries.ts';
import { listPricedCurrencies } from '../../domain/catalog/priced-currencies-queries.ts';
import { preferenceCookie, readCookie } from '../../web/middleware/cookies.ts';
import type { RequestContext } from '../../web/request-context.ts';

/** Who looks at what can be ordered, and in which currencies. */
export interface Shopper {
  /** Null for a visitor, who signs in to order. */
  customer: CustomerViewer | null;
  /** In which everything is priced: a customer's account currency; for others, the chosen one or the first there is. */
  currency: string;
  /** In which prices stand besides; null where there is no other. */
  beside: string | null;
  /** What can be chosen. */
  currencies: string[];
  /** Those of them that plans are priced in. */
  priced: string[];
  /** What a visitor saw prices in, where it is another currency than the account's that they have signed in to. */
  sawPricesIn: string | null;
  chosen: string;
}

const CURRENCY_COOKIE = 'currency';

/** Reads the chosen currency from the address, and keeps it for visitors in a cookie. */
export async function shopperOf({ req, res, db, config, rates, viewer }: RequestContext): Promise<Shopper> {
  const customer = viewer?.kind === 'customer' ? viewer : null;
  const [{ currencies }, priced] = await Promise.all([rates.current(), listPricedCurrencies(db)]);
  const all = currencies.enabled.map(({ code }) => code);
  const asked = all.find((code) => code === req.query['currency']);
  if (asked && !customer) res.cookie(CURRENCY_COOKIE, asked, preferenceCookie(config.production));
  const wanted = asked ?? keptBy(req, customer, all);
  const currency = customer?.balance.currency ?? priced.find((code) => code === wanted) ?? priced[0] ?? all[0] ?? '';
  const others = all.filter((code) => code !== currency);
  const beside = others.find((code) => code === wanted) ?? others[0] ?? null;
  const seen = readCookie(req, CURRENCY_COOKIE);
  const sawPricesIn = (customer && priced.find((code) => code === seen && code !== currency)) ?? null;
  const chosen = (customer ? beside : wanted) ?? currency;
  return { customer, currency, beside, currencies: all, priced, chosen, sawPricesIn };
}

/** What was chosen before: a customer's in the profile, anybody else's in the cookie. */
function keptBy(req: Request, customer: CustomerViewer | null, all: string[]): string | undefined {
  const kept = customer?.displayCurrency ?? readCookie(req, CURRENCY_COOKIE);
  return all.find((code) => code === kept);
}

/** Somebody has ordered in the currency of their account: what they saw before is of no interest any more. */
export const forgetShownCurrency = (res: Response) => void res.clearCookie(CURRENCY_COOKIE, { path: '/' });
