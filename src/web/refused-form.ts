import type { NextFunction, Request, Response } from 'express';
import { z } from 'zod';
import { Refusal } from '../domain/errors.ts';
import { Money } from '../domain/money/money.ts';
import { viewerOf } from './middleware/viewer.ts';

/**
 * A form that was shown again because it was refused stands at the path it was sent to, which is no page of its own.
 * The session keeps it for as long as no other page is looked at, so that it can be shown at its own page: after the
 * language was switched, say.
 */
interface RefusedForm {
  /** The address of the page that has the form. */
  page: string;
  /** The path as the routes name it, what its parts were, and the path itself. */
  route: string;
  params: Record<string, string>;
  path: string;
  fields: Record<string, unknown>;
  refusal: { key: string; data: Record<string, unknown> } | null;
}

declare module 'express-session' {
  interface SessionData {
    refusedForm: RefusedForm;
  }
}

/** The page that has the form which this request was sent from; its route knows. */
export function formPageFor(res: Response): string | undefined {
  const formPage: unknown = res.locals['formPage'];
  return typeof formPage === 'function' ? (formPage as () => string)() : undefined;
}

/** Nobody types that much; more is not worth keeping. */
const MOST_CHARACTERS = 8_000;
const NEVER_KEPT = /password|secret|token|csrf/i;
/** What somebody pasted by mistake. */
const PRIVATE = /PRIVATE KEY/;

/** Keeps what was sent, for `page`. Of visitors nothing is kept: no stranger fills our sessions. */
export function keepRefusedForm(req: Request, page: string, refusal: Refusal | null) {
  if (!viewerOf(req)) return;
  const sent = Object.entries((req.body ?? {}) as Record<string, unknown>);
  const form: RefusedForm = {
    page,
    route: String((req.route as { path: unknown } | undefined)?.path),
    params: req.params as Record<string, string>,
    path: req.path,
    fields: Object.fromEntries(sent.filter(([name, value]) => !NEVER_KEPT.test(name) && !PRIVATE.test(String(value)))),
    refusal: refusal && { key: refusal.key, data: mapValues(refusal.data, toKept) },
  };
  if (JSON.stringify(form).length <= MOST_CHARACTERS) req.session.refusedForm = form;
}

/** Another page is shown: what was refused before is over. */
export function forgetRefusedForm(req: Request, page?: string) {
  if (req.session?.refusedForm && req.session.refusedForm.page !== page) delete req.session.refusedForm;
}

/** Whatever is sent now takes the place of what was refused before. */
export function replaceRefusedForm(req: Request, _res: Response, next: NextFunction) {
  forgetRefusedForm(req);
  next();
}

export interface Refused<T> {
  typed: T;
  params: Record<string, string>;
  refusal: Refusal | null;
}

/** What was sent to `route` from the page that is asked for now, and refused; null when nothing was. */
export function refusedForm<T extends z.ZodType>(req: Request, route: string, schema: T): Refused<z.infer<T>> | null {
  const form = keptFor(req);
  if (form?.route !== route) return null;
  const typed = schema.safeParse(form.fields);
  return typed.success ? { typed: typed.data, params: form.params, refusal: shownAgain(form) } : null;
}

/** Why the last form of this page was refused, where nothing was typed into it. */
export function keptRefusal(req: Request): Refusal | null {
  const form = keptFor(req);
  return form ? shownAgain(form) : null;
}

/** The page of the form that was sent to this path and refused. */
export function refusedFormPage(req: Request): string | undefined {
  const form = req.session?.refusedForm;
  return form?.path === req.path ? form.page : undefined;
}

function keptFor(req: Request): RefusedForm | null {
  const form = req.session?.refusedForm;
  return req.method !== 'POST' && form?.page === req.originalUrl ? form : null;
}

/** A refusal of an earlier request, with its words. */
class RefusedBefore extends Refusal {
  readonly key: string;

  constructor(key: string, data: Record<string, unknown>) {
    super(data);
    this.key = key;
  }
}

const shownAgain = ({ refusal }: RefusedForm) =>
  refusal && new RefusedBefore(refusal.key, mapValues(refusal.data, fromKept));

const KeptMoney = z.strictObject({ money: z.string(), currency: z.string() });

const toKept = (value: unknown) =>
  value instanceof Money ? { money: value.toDatabase(), currency: value.currency } : value;

function fromKept(value: unknown) {
  const kept = KeptMoney.safeParse(value);
  return kept.success ? Money.of(kept.data.money, kept.data.currency) : value;
}

const mapValues = (data: Record<string, unknown>, change: (value: unknown) => unknown) =>
  Object.fromEntries(Object.entries(data).map(([name, value]) => [name, change(value)]));
