import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import type { PasswordFault } from '../errors.ts';

/** Characters; more would only make hashing slow (ASVS 5.0, 6.2.9). */
export const LONGEST_PASSWORD = 128;
/** Staff who have no second factor need as many (NIST SP 800-63B-4, 3.1.1.2). */
const STAFF_WITHOUT_FACTOR = 15;

export interface PasswordRules {
  /** Characters, by the provider's setting. */
  minimum: number;
  /** What everybody who knows the person or the provider would try: names, parts of the e-mail. */
  about: string[];
}

/** How many characters a password needs. */
export const minimumFor = (
  minimum: number,
  { isStaff, hasFactor }: { isStaff: boolean; hasFactor: boolean },
): number => (isStaff && !hasFactor ? Math.max(STAFF_WITHOUT_FACTOR, minimum) : minimum);

/** As people count them: an emoji is one. */
export const lengthOf = (password: string): number => Array.from(password).length;

/** zxcvbn's score from which on a password is good enough: more than 10^8 guesses. */
const ENOUGH = 3;
/** Guessing takes longer with each character, and what is guessable shows long before. */
const JUDGED_CHARACTERS = 32;
/** Parts of names that are shorter are in many words. */
const SHORTEST_PART = 3;

/**
 * Why a password cannot be taken; null when it can. What everybody knows of the person counts for nothing: the rest of
 * the password is judged, by zxcvbn with its lists, also as if Cyrillic letters had been typed on a Latin keyboard.
 */
export async function judgePassword(
  password: string,
  { minimum, about }: PasswordRules,
): Promise<PasswordFault | null> {
  const length = lengthOf(password);
  if (length < minimum) return 'too_short';
  if (length > LONGEST_PASSWORD) return 'too_long';
  const known = partsOf(about);
  const rest = without(password, known);
  if (lengthOf(rest) < length && lengthOf(rest) < minimum / 2) return 'personal';
  const zxcvbn = await loadZxcvbn();
  const judged = Array.from(rest).slice(0, JUDGED_CHARACTERS).join('');
  for (const text of new Set([judged, asLatinKeys(judged)])) {
    const { score, feedback } = zxcvbn.check(text, known);
    if (score < ENOUGH) return faultOf(feedback.warning);
  }
  return null;
}

const PRODUCT = 'kabinet';

/** The words of names and addresses, in small letters, the longest first. */
function partsOf(about: string[]): string[] {
  const words = [PRODUCT, ...about].flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)]);
  const parts = words.map((word) => word.toLowerCase()).filter((word) => word.length >= SHORTEST_PART);
  return [...new Set(parts)].sort((a, b) => b.length - a.length);
}

function without(password: string, parts: string[]): string {
  let rest = password.toLowerCase();
  for (const part of parts) rest = rest.replaceAll(part, '');
  // Letters keep their case where nothing was taken out.
  return rest.length === password.length ? password : rest;
}

const CYRILLIC = 'йцукенгшщзхъфывапролджэячсмитьбюё';
const LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";

const asLatinKeys = (text: string) =>
  Array.from(text.toLowerCase(), (letter) => LATIN[CYRILLIC.indexOf(letter)] ?? letter).join('');

function faultOf(warning: string | null): PasswordFault {
  if (warning === null) return 'guessable';
  if (/repeat/i.test(warning)) return 'repeats';
  if (/sequences|straightRow|keyPattern/.test(warning)) return 'sequence';
  if (/dates|recentYears/.test(warning)) return 'date';
  if (/names|userInputs/i.test(warning)) return 'personal';
  return 'common';
}

let loading: Promise<ZxcvbnFactory> | undefined;

/** Its lists take 40 MB, which a process needs only once somebody chooses a password. */
function loadZxcvbn(): Promise<ZxcvbnFactory> {
  loading ??= makeZxcvbn().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function makeZxcvbn(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ]);
  return new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    // Each substitution multiplies what is looked at, and this runs where pages are answered.
    l33tMaxSubstitutions: 8,
  });
}
