import type { Viewer } from '../../domain/identity/user-queries.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { RequestContext } from '../../web/request-context.ts';

/** Shows recovery codes that were just made; nobody can read them later. */
export async function showRecoveryCodes(
  context: RequestContext<Viewer>,
  codes: string[],
  { isFirst }: { isFirst: boolean },
) {
  await renderPage(context, 'security/recovery-codes', codesPage(context, codes, isFirst));
}

function codesPage({ config, viewer, t }: RequestContext<Viewer>, codes: string[], isFirst: boolean) {
  const lines = [t('security.codes.file_title', { seller: config.seller.name, email: viewer.email }), '', ...codes, ''];
  return {
    title: t('security.codes.title'),
    here: '/security',
    isFirst,
    codes,
    /** A file that the page itself holds: the codes are on no other. */
    file: `data:text/plain;charset=utf-8,${encodeURIComponent(lines.join('\r\n'))}`,
  };
}
export type RecoveryCodesPage = PageOf<typeof codesPage>;
