import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';

/** Without any way of payment nothing is promised: the page says how to reach the provider. */
export async function renderNoTopUp(context: CustomerRequest, status: number) {
  await renderPage(context, 'balance/no-top-up', noTopUpPage(context), { status });
}

const noTopUpPage = ({ t }: CustomerRequest) => ({ title: t('balance.top_up.title') });
export type NoTopUpPage = PageOf<typeof noTopUpPage>;
