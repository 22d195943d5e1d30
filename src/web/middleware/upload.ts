import type { NextFunction, Request, Response } from 'express';
import multer from 'multer';
import { MalformedRequest } from '../../domain/errors.ts';
import { MAX_RATE_FILE_BYTES } from '../../domain/rates/rate-file.ts';

/**
 * No nesting: a field named `a[999999999]` would become an array of as many members, and code that then reads them
 * holds up every other request.
 */
const oneFile = multer({
  limits: {
    fileSize: MAX_RATE_FILE_BYTES,
    files: 1,
    fields: 5,
    fieldSize: 1024,
    fieldNameSize: 50,
    fieldNestingDepth: 0,
  },
}).single('file');

/** Reads a form with one file. */
export function readUpload(req: Request, res: Response, next: NextFunction) {
  oneFile(req, res, (error: unknown) => {
    const tooLarge = (error as { code?: string } | undefined)?.code === 'LIMIT_FILE_SIZE';
    next(error && !tooLarge ? new MalformedRequest() : error);
  });
}
