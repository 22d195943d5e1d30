import { BASE_CURRENCY } from '../money/currency.ts';
import { parseCode, parseRate, type RateFile, refuse } from './rate-file-checks.ts';

interface Cube {
  Cube?: Cube[];
  '@time'?: string;
  '@currency'?: string;
  '@rate'?: string;
}

/**
 * The European Central Bank's eurofxref-daily.xml: `Cube/Cube[@time]/Cube[@currency][@rate]`, units for one EUR with a
 * decimal point, no row for EUR itself.
 */
export function readEcb(envelope: unknown, text: string): RateFile {
  const days = (envelope as Cube | undefined)?.Cube?.[0]?.Cube ?? [];
  const [day, ...others] = days;
  if (!day?.['@time'] || others.length > 0) return refuse('not_a_rate_file', text, '<Cube', 'Cube time');
  const rates = (day.Cube ?? []).map((row) => {
    const currency = parseCode(row['@currency'], text);
    if (currency === BASE_CURRENCY) refuse('base_quoted', text, currency);
    return { currency, rate: parseRate(row['@rate'], '.', text, currency) };
  });
  return { source: 'ecb', date: day['@time'], rates };
}
