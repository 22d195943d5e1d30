import type { Request } from 'express';
import type { Viewer } from '../../domain/identity/user-queries.ts';

/** Who is signed in, as passport read them from the database for this request. */
export const viewerOf = (req: Request): Viewer | null => (req.user as Viewer | undefined) ?? null;
