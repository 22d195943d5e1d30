/** Something that happened, with who did it: the customer, somebody on the staff, or the portal by itself. */
export interface TimelineItem {
  at: Date;
  text: string;
  actor: 'customer' | 'staff' | 'system';
  /** Their e-mail; null for the portal. */
  by: string | null;
  invoice: { id: number; number: string } | null;
}
