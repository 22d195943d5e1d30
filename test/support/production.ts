/** Everything that production demands of its environment. */
export const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://x',
  SESSION_SECRET: 'x'.repeat(32),
  ENCRYPTION_KEY: Buffer.alloc(32, 'x').toString('base64'),
  PUBLIC_URL: 'https://portal.example',
  TRUSTED_PROXIES: 'loopback',
  SMTP_URL: 'off',
  SELLER_NAME: 'Example Hosting Ltd',
  SELLER_DETAILS: '1 Example Street, VAT XX123',
  SUPPORT_EMAIL: 'support@portal.example',
};
