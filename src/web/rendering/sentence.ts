import type { Translate, WordKey } from '../../platform/i18n/i18n.ts';
import { escaped, escapeHtml, safe, SafeHtml } from './html.ts';

/** Characters that Unicode keeps for private use, as placeholders. */
const [OPEN, CLOSE] = ['\uE000', '\uE001'];
const HELD = new RegExp(`${OPEN}(\\d+)${CLOSE}(\\.?)`, 'g');
/** A Russian date ends in «г.», which is the full stop of the sentence too. */
const ENDS_IN_STOP = /г\.(?:<\/\w+>)*$/;

/** A sentence with HTML in its gaps: an amount, a day, a link. Texts are escaped, the sentence's own included. */
export function sentenceOf(t: Translate, key: WordKey, values: Record<string, string | number | SafeHtml>): SafeHtml {
  const held: SafeHtml[] = [];
  const filled = Object.entries(values).map(([name, value]) => {
    if (!(value instanceof SafeHtml)) return [name, value];
    return [name, `${OPEN}${held.push(value) - 1}${CLOSE}`];
  });
  const text = escapeHtml(t(key, Object.fromEntries(filled)));
  return safe(
    text.replace(HELD, (_, index: string, stop: string) => {
      const html = escaped(held[Number(index)] ?? '');
      return html + (ENDS_IN_STOP.test(html) ? '' : stop);
    }),
  );
}
