import { addDays } from '../platform/clock.ts';
import { THEME_COLORS } from '../web/rendering/theme-colors.ts';
import { assets } from '../web/assets/assets.ts';
import type { RequestContext } from '../web/request-context.ts';

/** The portal is for its customers: search engines find what the provider's own site says. */
export function showRobots({ res }: Pick<RequestContext, 'res'>) {
  res.type('text').send('User-agent: *\nDisallow: /\n');
}

/** How long what it says is good for, in days: RFC 9116 (2.5.5) asks for less than a year. */
const GOOD_FOR_DAYS = 180;

/** Whom to tell about a vulnerability (RFC 9116). */
export function showSecurityTxt({ res, config, clock }: RequestContext) {
  const lines = [
    `Contact: mailto:${config.supportEmail}`,
    `Expires: ${addDays(clock.today(), GOOD_FOR_DAYS)}T00:00:00Z`,
    'Preferred-Languages: en, ru',
    ...(config.publicUrl ? [`Canonical: ${config.publicUrl}/.well-known/security.txt`] : []),
  ];
  res.type('text').send(`${lines.join('\n')}\n`);
}

/** What a browser needs to put the portal on a phone's screen. */
export function showManifest({ res, t }: RequestContext) {
  const { favicon, touchIcon } = assets().customerPages;
  res.type('application/manifest+json').send(
    JSON.stringify({
      name: 'Kabinet',
      short_name: 'Kabinet',
      description: t('layout.description'),
      start_url: '/',
      display: 'minimal-ui',
      background_color: THEME_COLORS.light,
      theme_color: THEME_COLORS.light,
      icons: [
        { src: favicon, sizes: 'any', type: 'image/svg+xml' },
        { src: touchIcon, sizes: '180x180', type: 'image/png' },
      ],
    }),
  );
}

/** Browsers ask for it whatever a page names. */
export function showFavicon({ res }: Pick<RequestContext, 'res'>) {
  res.redirect(302, assets().customerPages.touchIcon);
}

/** Where password managers lead to (W3C, "A Well-Known URL for Changing Passwords"). */
export function leadToPasswordForm({ res }: Pick<RequestContext, 'res'>) {
  res.redirect(303, '/security/password');
}
