/** The subjects that a customer can choose to be mailed about. */
export const NOTIFICATIONS = ['invoices', 'payments', 'renewals', 'news'] as const;
export type Notification = (typeof NOTIFICATIONS)[number];
