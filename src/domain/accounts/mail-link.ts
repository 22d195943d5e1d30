import type { Sealing } from '../../platform/sealing.ts';
import { MAIL_LINK } from '../notifications/messages.ts';

/** A path with a token, as a message keeps it. */
export const sealedLink = (sealing: Sealing, path: string): { link: string } => ({
  link: sealing.seal(path, MAIL_LINK),
});
