import { anyone, customer, signedIn, staff } from './web/guards.ts';
import { get, post, type Route, withFormPages } from './web/router.ts';
import { switchAppearance } from './controllers/appearance.ts';
import { downloadStatementPdf } from './controllers/balance/statement-pdf.ts';
import { downloadStatement, showBalance } from './controllers/balance/statement.ts';
import { showTopUpForm, submitTopUp } from './controllers/balance/top-up.ts';
import { showCatalog } from './controllers/catalog/index.ts';
import { showPlans } from './controllers/catalog/plans.ts';
import { showHome } from './controllers/dashboard.ts';
import { showDevMails } from './controllers/dev-mail/list.ts';
import { showDevMail, showDevMailHtml } from './controllers/dev-mail/show.ts';
import { showHealth, showReadiness } from './controllers/health.ts';
import { downloadInvoices, showInvoices } from './controllers/invoices/list.ts';
import { downloadPaymentHistory, showPaymentHistory } from './controllers/invoices/payment-history.ts';
import { reviewPayment, submitPayment } from './controllers/invoices/payment.ts';
import { downloadInvoice } from './controllers/invoices/pdf.ts';
import { showInvoice, submitInvoiceCancellation, submitInvoicePayment } from './controllers/invoices/show.ts';
import { showCancellation, submitCancellation, undoCancellation } from './controllers/orders/cancellation.ts';
import { chooseColumns, downloadOrders, showOrders } from './controllers/orders/list.ts';
import { showOrderForm, submitOrder } from './controllers/orders/new.ts';
import { showOptions, submitOptionRemoval, submitOptions, undoOptionRemoval } from './controllers/orders/options.ts';
import { showPlanChange, submitPlanChange } from './controllers/orders/plan-change.ts';
import { showRenewal, submitRenewal } from './controllers/orders/renewal.ts';
import { showRenewals, submitRenewals } from './controllers/orders/renewals.ts';
import { showOrder, submitAutoRenewal, submitComment } from './controllers/orders/show.ts';
import { showMissingFields, submitMissingFields } from './controllers/profile/complete-profile.ts';
import { showProfile, submitPreferences, submitProfile } from './controllers/profile/profile.ts';
import { showSshKeys, submitSshKey, submitSshKeyRemoval } from './controllers/profile/ssh-keys.ts';
import { decideAtSandboxBank, showSandboxBank } from './controllers/sandbox-bank.ts';
import { showSignIn, signOut, submitSignIn } from './controllers/session.ts';
import { showAuditLog } from './controllers/staff/audit.ts';
import { showBillingRun } from './controllers/staff/billing-run.ts';
import { showBillingRuns, submitBillingRun } from './controllers/staff/billing.ts';
import { showCustomer, submitAdjustment } from './controllers/staff/customer.ts';
import { showCustomers } from './controllers/staff/customers.ts';
import { showStaffHome } from './controllers/staff/home.ts';
import { showProvisioning, submitActivation } from './controllers/staff/provisioning.ts';
import { changeCurrency, decideRate, enterRate, importRates } from './controllers/staff/rate-changes.ts';
import { showRates } from './controllers/staff/rates.ts';
import { showFavicon, showManifest, showRobots, showSecurityTxt } from './controllers/site-files.ts';
import { showSupport, submitSupport } from './controllers/support.ts';
import { receiveWebhook } from './controllers/webhook.ts';

/** Every path with its guard and its handler. */
export const routes: Route[] = withFormPages([
  get('/login', anyone, showSignIn),
  post('/login', anyone, submitSignIn),
  post('/logout', anyone, signOut, { formPage: '/' }),
  post('/appearance', anyone, switchAppearance, { formPage: '/' }),

  get('/dev/mail', anyone, showDevMails),
  get('/dev/mail/:id', anyone, showDevMail),
  get('/dev/mail/:id/html', anyone, showDevMailHtml),

  get('/manifest.webmanifest', anyone, showManifest),

  get('/', signedIn, showHome),

  get('/catalog', anyone, showCatalog),
  get('/catalog/dedicated', anyone, showPlans('dedicated')),
  get('/catalog/vps', anyone, showPlans('vps')),

  get('/orders', customer, showOrders),
  post('/orders', anyone, submitOrder, { formPage: '/orders/new?plan=:plan' }),
  get('/orders/new', anyone, showOrderForm),
  get('/orders.csv', customer, downloadOrders),
  post('/orders/columns', customer, chooseColumns, { formPage: '/orders' }),
  get('/orders/renewals', customer, showRenewals),
  post('/orders/renewals', customer, submitRenewals),
  get('/orders/:id', customer, showOrder),
  get('/orders/:id/renewal', customer, showRenewal),
  post('/orders/:id/renewal', customer, submitRenewal),
  get('/orders/:id/cancellation', customer, showCancellation),
  post('/orders/:id/cancellation', customer, submitCancellation),
  post('/orders/:id/cancellation/undo', customer, undoCancellation, { formPage: '/orders/:id' }),
  get('/orders/:id/plan-change', customer, showPlanChange),
  post('/orders/:id/plan-change', customer, submitPlanChange),
  get('/orders/:id/options', customer, showOptions),
  post('/orders/:id/options', customer, submitOptions),
  post('/orders/:id/options/:code/removal', customer, submitOptionRemoval, { formPage: '/orders/:id/options' }),
  post('/orders/:id/options/:code/removal/undo', customer, undoOptionRemoval, { formPage: '/orders/:id/options' }),
  post('/orders/:id/auto-renewal', customer, submitAutoRenewal, { formPage: '/orders/:id' }),
  post('/orders/:id/comment', customer, submitComment, { formPage: '/orders/:id' }),

  get('/invoices', customer, showInvoices),
  get('/invoices.csv', customer, downloadInvoices),
  get('/invoices/payments', customer, showPaymentHistory),
  get('/invoices/payments.csv', customer, downloadPaymentHistory),
  get('/invoices/payment', customer, reviewPayment),
  post('/invoices/payment', customer, submitPayment),
  get('/invoices/:id.pdf', customer, downloadInvoice),
  get('/invoices/:id', customer, showInvoice),
  post('/invoices/:id/payment', customer, submitInvoicePayment, { formPage: '/invoices/:id' }),
  post('/invoices/:id/cancellation', customer, submitInvoiceCancellation, { formPage: '/invoices/:id' }),

  get('/support', customer, showSupport),
  post('/support', customer, submitSupport),

  get('/balance', customer, showBalance),
  get('/balance.csv', customer, downloadStatement),
  get('/balance.pdf', customer, downloadStatementPdf),
  get('/top-ups/new', customer, showTopUpForm),
  post('/top-ups', customer, submitTopUp, { formPage: '/top-ups/new' }),
  get('/sandbox-bank', customer, showSandboxBank),
  post('/sandbox-bank', customer, decideAtSandboxBank),

  get('/profile', customer, showProfile),
  post('/profile', customer, submitProfile),
  get('/profile/missing-fields', customer, showMissingFields),
  post('/profile/missing-fields', customer, submitMissingFields),
  get('/profile/ssh-keys', customer, showSshKeys),
  post('/profile/ssh-keys', customer, submitSshKey),
  post('/profile/ssh-keys/:id/removal', customer, submitSshKeyRemoval, { formPage: '/profile/ssh-keys' }),
  post('/profile/preferences', customer, submitPreferences, { formPage: '/profile' }),

  get('/staff', staff('support'), showStaffHome),
  get('/staff/customers', staff('support'), showCustomers),
  get('/staff/customers/:id', staff('support'), showCustomer),
  post('/staff/customers/:id/adjustments', staff('billing'), submitAdjustment, {
    formPage: '/staff/customers/:id',
  }),
  get('/staff/provisioning', staff('support'), showProvisioning),
  post('/staff/orders/:id/activation', staff('admin'), submitActivation, { formPage: '/staff/provisioning' }),
  get('/staff/rates', staff('support'), showRates),
  post('/staff/rates', staff('admin'), enterRate),
  post('/staff/rates/imports', staff('admin'), importRates, { body: 'file', formPage: '/staff/rates' }),
  post('/staff/rates/proposals/:id', staff('admin'), decideRate, { formPage: '/staff/rates' }),
  post('/staff/currencies/:code', staff('admin'), changeCurrency, { formPage: '/staff/rates' }),
  get('/staff/billing', staff('support'), showBillingRuns),
  post('/staff/billing', staff('billing'), submitBillingRun),
  get('/staff/billing/:id', staff('support'), showBillingRun),
  get('/staff/audit', staff('support'), showAuditLog),
]);

/** What machines ask for: no session, no token. */
export const machineRoutes: Route[] = [
  get('/robots.txt', anyone, showRobots),
  get('/.well-known/security.txt', anyone, showSecurityTxt),
  get('/favicon.ico', anyone, showFavicon),
  get('/healthz', anyone, showHealth),
  get('/readyz', anyone, showReadiness),
  post('/webhooks/:gateway', anyone, receiveWebhook),
];
