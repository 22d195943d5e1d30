import { Refusal } from '../domain/errors.ts';

type KindOfRefusal = abstract new (...args: never[]) => Refusal;

/**
 * The refusal that is shown on the page of its form, with what was typed. What cannot be put right there (a page that
 * is not there, a fault of ours, the `elsewhere` kinds) is thrown again and becomes a page of its own.
 */
export function refusalToShow(error: unknown, ...elsewhere: KindOfRefusal[]): Refusal {
  if (
    error instanceof Refusal &&
    (error.status === 422 || error.status === 429) &&
    !elsewhere.some((kind) => error instanceof kind)
  )
    return error;
  throw error;
}
