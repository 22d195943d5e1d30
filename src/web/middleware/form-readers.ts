import express, { type RequestHandler } from 'express';
import { CONFIRMATION } from '../fresh-session.ts';
import { replaceRefusedForm } from '../refused-form.ts';
import type { Route } from '../router.ts';
import { csrfProtection } from './csrf.ts';
import { rejectForbiddenBodyNames, rejectForbiddenFieldNames } from './request-shape.ts';
import { readUpload } from './upload.ts';

const FORM_LIMIT = '64kb';
const FORM_FIELDS = 500;

const readFields = express.urlencoded({
  extended: false,
  limit: FORM_LIMIT,
  parameterLimit: FORM_FIELDS,
  verify: rejectForbiddenBodyNames,
});

/** What stands between a route's guard and its handler: the body is read, its fields and then its token looked at. */
export function formReaders({ method, path, body }: Route): RequestHandler[] {
  if (method === 'get') return [rejectForbiddenFieldNames];
  const read = body === 'file' ? [readFields, readUpload] : [readFields];
  // Switching the language looks at the same form again, and so does whoever was asked for the password.
  const kept = path === '/appearance' || path === CONFIRMATION ? [] : [replaceRefusedForm];
  return [...read, rejectForbiddenFieldNames, csrfProtection, ...kept];
}
