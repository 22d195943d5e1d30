import { all } from './dom.js';

const MINUTE_MS = 60_000;
/** What is further away than that is not counted in minutes. */
const MOST_MINUTES = 90;

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const FORMATS = {
  moment: {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  },
  soon: { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' },
};

/**
 * Moments in the reader's own time zone: the server knows only the site's. What is near says in how many minutes.
 * @param {Document} root
 */
export function showLocalTimes(root) {
  const locale = root.documentElement.lang;
  for (const element of all(root, 'time[data-local]', HTMLTimeElement)) {
    const how = element.dataset.local ?? '';
    const moment = new Date(element.dateTime);
    element.title = element.textContent ?? '';
    element.textContent = new Intl.DateTimeFormat(locale, FORMATS[how]).format(moment);
    const minutes = Math.round((moment.getTime() - Date.now()) / MINUTE_MS);
    if (how === 'soon' && minutes > 0 && minutes <= MOST_MINUTES)
      element.append(` (${new Intl.RelativeTimeFormat(locale).format(minutes, 'minute')})`);
  }
}
