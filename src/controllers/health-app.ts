import express, { type Express, type Response } from 'express';
import type { Services } from '../services.ts';
import { showHealth, showReadiness } from './health.ts';

/** All that a process without pages answers. */
export function healthApp(services: Pick<Services, 'health' | 'lifecycle'>): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_req, res: Response) => showHealth({ res }));
  app.get('/readyz', (_req, res: Response) => showReadiness({ ...services, res }));
  app.use((_req, res: Response) => void res.status(404).type('text').send('not found'));
  return app;
}
