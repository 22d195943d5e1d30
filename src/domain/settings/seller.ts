import type { Day } from '../../platform/clock.ts';

/** Who sells, from a day on. */
export interface SellerVersion {
  id: number;
  validFrom: Day;
  name: string;
  address: string;
  registration: string;
  vat: string;
  bank: string;
  savedBy: string | null;
  savedAt: Date;
  reason: string;
}

export type SellerDraft = Pick<SellerVersion, 'validFrom' | 'name' | 'address' | 'registration' | 'vat' | 'bank'>;

/** What invoices say of the seller beneath the name, a line each. */
export const sellerDetails = ({ address, registration, vat, bank }: Omit<SellerDraft, 'validFrom' | 'name'>): string =>
  [address, registration, vat, bank]
    .map((part) => part.trim())
    .filter(Boolean)
    .join('\n');
