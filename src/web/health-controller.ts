import type { Exchange } from './exchange.ts';

/** The process lives. */
export function showHealth({ res }: Exchange<unknown>) {
  res.set('Cache-Control', 'no-store').type('text').send('ok');
}

/** The process can serve: the database answers, and it is not about to stop. */
export async function showReadiness({ res, db, lifecycle }: Exchange<unknown>) {
  const ready = !lifecycle.stopping && (await db.raw('select 1').then(
    () => true,
    () => false,
  )); // prettier-ignore
  res
    .status(ready ? 200 : 503)
    .set('Cache-Control', 'no-store')
    .type('text')
    .send(ready ? 'ready' : 'not ready');
}
