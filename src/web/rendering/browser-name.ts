import Bowser from 'bowser';
import { itself, memoized } from '../../platform/memoized.ts';

/** Readable parts of a browser's own description. */
export interface BrowserName {
  /** `Firefox, Linux`; '' where nothing is known. */
  name: string;
  /** A phone or a tablet. */
  handheld: boolean;
}

const KEPT = 1_000;

/** What a header `User-Agent` says, for people. */
export const browserName = memoized(
  KEPT,
  (userAgent: string): BrowserName => {
    if (userAgent === '') return { name: '', handheld: false };
    const { browser, os, platform } = Bowser.parse(userAgent);
    return {
      name: [browser.name, os.name].filter(Boolean).join(', '),
      handheld: platform.type === 'mobile' || platform.type === 'tablet',
    };
  },
  itself,
);
