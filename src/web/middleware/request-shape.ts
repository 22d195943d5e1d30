import type { NextFunction, Request, Response } from 'express';
import { MalformedRequest } from '../../domain/errors.ts';

const METHODS = ['GET', 'HEAD', 'POST'];
const FORBIDDEN_FIELDS = ['__proto__', 'constructor', 'prototype'];

/** Only what a browser's links and forms send: TRACE, PUT and other methods are answered 405. */
export function allowOnlyFormMethods(req: Request, res: Response, next: NextFunction) {
  if (METHODS.includes(req.method)) return next();
  res.status(405).set('Allow', METHODS.join(', ')).type('text').send('Method Not Allowed');
}

/** Only a path, or a whole address as proxies send it; `GET *` and its kin name nothing that could be answered. */
export function rejectMalformedTargets(req: Request, res: Response, next: NextFunction) {
  if (/^(\/|https?:\/\/)/i.test(req.url)) return next();
  res.status(400).type('text').send('Bad Request');
}

/**
 * Refuses field names that no form of ours has and that would do harm when copied into an object, and the zero byte,
 * which nobody types and PostgreSQL does not store.
 */
export function rejectForbiddenFieldNames(req: Request, _res: Response, next: NextFunction) {
  const fields = [...Object.entries(req.query), ...Object.entries((req.body as object | undefined) ?? {})];
  const odd = fields.some(([name, value]) => isOddName(name) || [name, value].flat().some(hasZeroByte));
  next(odd ? new MalformedRequest() : undefined);
}

/** The parser of forms drops such names without a word; here they are refused with an error. */
export function rejectForbiddenBodyNames(_req: unknown, _res: unknown, body: Buffer) {
  if ([...new URLSearchParams(body.toString('utf8')).keys()].some(isOddName)) throw new MalformedRequest();
}

const isOddName = (name: string) => name.split(/[[\]]+/).some((part) => FORBIDDEN_FIELDS.includes(part));
const hasZeroByte = (value: unknown) => typeof value === 'string' && value.includes('\0');
