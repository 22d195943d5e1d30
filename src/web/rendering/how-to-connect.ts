import type { Translate } from '../../platform/i18n/i18n.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import type { Names } from '../../platform/i18n/names.ts';

/** A line of what a customer does to get into a server. */
export interface ConnectLine {
  /** To be typed as it is. */
  isCommand: boolean;
  text: string;
}

/**
 * What a plan says about getting into a server, or else the portal's own words; a line that begins with `$ ` is a command,
 * and the address and the hostname stand where the text has them: `$ ssh root@{{ip}}`.
 */
export function howToConnect(
  words: Names | null,
  { ip, hostname }: { ip: string; hostname: string },
  { locale, t }: { locale: Locale; t: Translate },
): ConnectLine[] {
  const text = words?.[locale] ?? words?.['en'] ?? t('orders.connect.default', { ip: '{{ip}}' });
  return text
    .replaceAll('{{ip}}', ip)
    .replaceAll('{{hostname}}', hostname)
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) =>
      line.startsWith('$ ') ? { isCommand: true, text: line.slice(2) } : { isCommand: false, text: line },
    );
}
