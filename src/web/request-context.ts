import type { Request, Response } from 'express';
import type { Translate } from '../platform/i18n/i18n.ts';
import type { Viewer } from '../domain/identity/user-queries.ts';
import type { Locale } from '../platform/i18n/locale.ts';
import type { Services } from '../services.ts';

/** One request and its answer, with who asks and in which language; `V` is what the route's guard let in. */
export interface Exchange<V = Viewer | null> extends Services {
  req: Request;
  res: Response;
  viewer: V;
  locale: Locale;
  t: Translate;
}

export type Handler<V> = (exchange: Exchange<V>) => Promise<void> | void;
