import { z } from 'zod';
import { MalformedRequest, NotFound } from '../domain/errors.ts';

/** A single text field: trimmed, no control characters; a repeated field is not a text. */
export const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    // Line breaks and their kin have no place in a one-line field, and must never reach a mail header.
    // oxlint-disable-next-line no-control-regex
    .refine((value) => !/[\u0000-\u001f\u007f]/.test(value), { message: 'control_characters' });

const Id = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number);

/** The row a path names. @throws {NotFound} for what cannot be an id */
export function parseId(value: unknown): number {
  const parsed = Id.safeParse(value);
  if (!parsed.success) throw new NotFound();
  return parsed.data;
}

/**
 * Reads a form into the shape that our own pages send; what people can mistype is looked at afterwards. @throws
 * {MalformedRequest}
 */
export function parseForm<T extends z.ZodType>(body: unknown, schema: T): z.infer<T> {
  const parsed = schema.safeParse(body ?? {});
  if (!parsed.success) throw new MalformedRequest({ fields: parsed.error.issues.map((issue) => issue.path.join('.')) });
  return parsed.data;
}

/** A field that may be sent once or several times, as a list. */
export const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(item).min(1).max(100));

export const idField = Id;

/** The address of a list with all its filters, or of a hundred chosen invoices. */
const PATH_LENGTH = 4_000;

/** A path on this site, for coming back to; anything else becomes the fallback. */
export function localPath(value: unknown, fallback: string): string {
  if (typeof value !== 'string' || value.length > PATH_LENGTH) return fallback;
  if (!/^\/(?![/\\])[\w\-./?=&%+,:~[\]*!$'();@|]*$/.test(value)) return fallback;
  return value;
}

/** The code of a plan or of an option. */
export const codeField = z.string().regex(/^[a-z0-9-]{1,60}$/);

/** An e-mail address. */
export const emailField = text(254).pipe(z.email());

export const isAddress = (value: string): boolean => emailField.safeParse(value).success;
