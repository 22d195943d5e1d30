import { isIP } from 'node:net';

/** What somebody on the staff looks for, told apart by its shape. */
export interface SearchTerm {
  text: string;
  /** The number of a row, typed alone. */
  id: number | null;
  ip: string | null;
  /** `INV-000123`, with or without its zeros. */
  invoice: { series: string; sequence: number } | null;
}

export function searchTerm(typed: string): SearchTerm {
  const text = typed.trim();
  const [, series, sequence] = /^([a-z]{2,5})-?0*(\d{1,9})$/i.exec(text) ?? [];
  return {
    text,
    id: /^#?\d{1,12}$/.test(text) ? Number(text.replace('#', '')) : null,
    // An address of IPv6 with a zone is one of one machine.
    ip: isIP(text) !== 0 && !text.includes('%') ? text : null,
    invoice: series && sequence ? { series: series.toUpperCase(), sequence: Number(sequence) } : null,
  };
}

/** Text for LIKE that finds what begins with it, with LIKE's own signs taken literally. */
export const likeBeginning = (text: string): string =>
  `${text.toLowerCase().replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
