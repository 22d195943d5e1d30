import { z } from 'zod';
import { LOCALES } from '../platform/i18n/locale.ts';
import { updateAppearance } from '../domain/identity/update-user.ts';
import { preferenceCookie } from '../web/middleware/cookies.ts';
import { LOCALE_COOKIE, THEME_COOKIE } from '../web/middleware/locale.ts';
import { localPath, parseForm } from '../web/parse-request.ts';
import type { RequestContext } from '../web/request-context.ts';

const Appearance = z.object({
  locale: z.enum(LOCALES as ['en', 'ru']).optional(),
  theme: z.enum(['system', 'light', 'dark']).optional(),
  return_to: z.string().optional(),
});

/** Switches language or theme: kept with the user, and in a cookie for visitors. */
export async function switchAppearance({ req, res, db, config, viewer }: RequestContext) {
  const { locale, theme, return_to } = parseForm(req.body, Appearance);
  const cookie = preferenceCookie(config.production);
  if (locale) res.cookie(LOCALE_COOKIE, locale, cookie);
  if (theme) res.cookie(THEME_COOKIE, theme, cookie);
  if (viewer && (locale || theme))
    await updateAppearance(db, viewer.userId, { ...(locale && { locale }), ...(theme && { theme }) });
  res.redirect(303, localPath(return_to, '/'));
}
