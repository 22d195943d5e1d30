import type { Exchange } from './request-context.ts';
import { viewHelpers, type ViewHelpers } from './rendering/view-helpers.ts';

/** The views' helpers, for the few texts that a controller has to make itself: tips of a chart, a flash. */
export async function pageHelpers({ rates, config, locale, t }: Exchange<unknown>): Promise<ViewHelpers> {
  const { currencies } = await rates.current();
  return viewHelpers(locale, currencies, config.timeZone, t);
}
