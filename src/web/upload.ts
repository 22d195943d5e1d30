import type { NextFunction, Request, Response } from 'express';
import multer from 'multer';
import { MalformedRequest } from '../errors.ts';
import { MAX_RATE_FILE_BYTES } from '../rates/rate-file.ts';
import { viewerOf } from './viewer.ts';

const oneFile = multer({
  limits: { fileSize: MAX_RATE_FILE_BYTES, files: 1, fields: 5, fieldSize: 1024 },
}).single('file');

/** Reads a form with one file, for staff only: a stranger's megabytes are not even looked at. */
export function staffUpload(req: Request, res: Response, next: NextFunction) {
  if (viewerOf(req)?.kind !== 'staff') return next();
  oneFile(req, res, (error: unknown) => {
    const tooLarge = (error as { code?: string } | undefined)?.code === 'LIMIT_FILE_SIZE';
    next(error && !tooLarge ? new MalformedRequest() : error);
  });
}
