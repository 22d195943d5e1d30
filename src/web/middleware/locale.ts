import type { Request } from 'express';
import { isLocale, type Locale, LOCALES } from '../../platform/i18n/locale.ts';
import type { Theme } from '../../domain/identity/user-queries.ts';
import { readCookie } from './cookies.ts';
import { viewerOf } from './viewer.ts';

export const LOCALE_COOKIE = 'locale';
export const THEME_COOKIE = 'theme';

/** The user's own language; before signing in the one chosen here, else the browser's. */
export function localeOf(req: Request): Locale {
  const viewer = viewerOf(req);
  if (viewer) return viewer.locale;
  const chosen = readCookie(req, LOCALE_COOKIE);
  if (isLocale(chosen)) return chosen;
  return (req.acceptsLanguages(LOCALES) || 'en') as Locale;
}

export function themeOf(req: Request): Theme {
  const viewer = viewerOf(req);
  if (viewer) return viewer.theme;
  const chosen = readCookie(req, THEME_COOKIE);
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}
