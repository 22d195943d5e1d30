import type { NextFunction, Request, Response } from 'express';
import { MalformedRequest } from '../errors.ts';

const METHODS = ['GET', 'HEAD', 'POST'];
const FORBIDDEN_FIELDS = ['__proto__', 'constructor', 'prototype'];

/** Only what a browser's links and forms send; TRACE, PUT and the odd ones are answered 405. */
export function refuseOddMethods(req: Request, res: Response, next: NextFunction) {
  if (METHODS.includes(req.method)) return next();
  res.status(405).set('Allow', METHODS.join(', ')).type('text').send('Method Not Allowed');
}

/** Field names that no form of ours has and that harm whoever copies them into an object. */
export function refuseOddFields(req: Request, _res: Response, next: NextFunction) {
  const names = [...Object.keys(req.query), ...Object.keys((req.body as object | undefined) ?? {})];
  const odd = names.some((name) => FORBIDDEN_FIELDS.some((field) => name === field || name.includes(`[${field}]`)));
  next(odd ? new MalformedRequest() : undefined);
}
