/** The accounts of the demo, all with the demo's password; `words` names their sentence on the sign-in page. */
export const DEMO_ACCOUNTS = [
  { email: 'anna@kabinet.example', words: 'eur', who: 'a customer in EUR with two years of orders and invoices' },
  { email: 'office@nordwind.example', words: 'usd', who: 'a company in USD' },
  { email: 'books@nordwind.example', words: 'books', who: 'their bookkeeper, who pays and does not order' },
  { email: 'ivan@kabinet.example', words: 'rub', who: 'a customer in RUB whose profile lacks fields' },
  { email: 'new@kabinet.example', words: 'fresh', who: 'a customer who has just registered' },
  { email: 'admin@kabinet.example', words: 'admin', who: 'the administrator' },
  { email: 'billing@kabinet.example', words: 'billing', who: 'staff: billing' },
  { email: 'support@kabinet.example', words: 'support', who: 'staff: support' },
] as const;
