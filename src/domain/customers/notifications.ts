/** What a customer can choose to be written to about. */
export const NOTIFICATIONS = ['invoices', 'payments', 'renewals', 'news'] as const;
export type Notification = (typeof NOTIFICATIONS)[number];
