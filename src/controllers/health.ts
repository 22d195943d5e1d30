import type { RequestContext } from '../web/request-context.ts';

/** The process lives. */
export function showHealth({ res }: Pick<RequestContext, 'res'>) {
  res.set('Cache-Control', 'no-store').type('text').send('ok');
}

/** The process can serve: the database answers within two seconds, and it is not about to stop. */
export async function showReadiness({ res, health, lifecycle }: Pick<RequestContext, 'res' | 'health' | 'lifecycle'>) {
  const ready = !lifecycle.stopping && (await health.answers());
  res
    .status(ready ? 200 : 503)
    .set('Cache-Control', 'no-store')
    .type('text')
    .send(ready ? 'ready' : 'not ready');
}
