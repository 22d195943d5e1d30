import { showBillingRun, showBillingRuns, submitBillingRun } from './billing/billing-controller.ts';
import { showCatalog, showPlans } from './catalog/catalog-controller.ts';
import {
  completeProfile,
  showCompletion,
  showProfile,
  submitPreferences,
  submitProfile,
} from './customers/profile-controller.ts';
import { showHome } from './dashboard/dashboard-controller.ts';
import { showSignIn, signOut, submitSignIn } from './identity/session-controller.ts';
import { downloadInvoices, showInvoices } from './invoices/invoices-controller.ts';
import { downloadStatement, showBalance } from './ledger/balance-controller.ts';
import { chooseColumns, downloadOrders, showOrder, showOrders } from './orders/orders-controller.ts';
import { submitAutoRenewal, submitComment } from './orders/order-settings-controller.ts';
import { showOrderForm, submitOrder } from './orders/order-form-controller.ts';
import { showRenewal, showRenewals, submitRenewal, submitRenewals } from './orders/renewal-controller.ts';
import { downloadInvoice } from './payments/invoice-pdf-controller.ts';
import { showDevMail, showDevMailHtml, showDevMails } from './mail/dev-mail-controller.ts';
import {
  cancelInvoice,
  payChosenInvoices,
  payInvoice,
  reviewPayment,
  showInvoice,
} from './payments/invoice-payment-controller.ts';
import {
  showCancellation,
  submitCancellation,
  undoCancellation,
} from './payments/cancellation-controller.ts';
import { downloadStatementPdf } from './payments/statement-pdf-controller.ts';
import { showPlanChange, submitPlanChange } from './payments/plan-change-controller.ts';
import { showPaymentHistory } from './payments/payments-controller.ts';
import { decideAtSandboxBank, showSandboxBank } from './payments/sandbox-bank-controller.ts';
import { showTopUpForm, submitTopUp } from './payments/top-up-controller.ts';
import { receiveWebhook } from './payments/webhook-controller.ts';
import { showAuditLog } from './staff/audit-controller.ts';
import { showCustomer, showCustomers, submitAdjustment } from './staff/customers-controller.ts';
import { showProvisioning, submitActivation } from './staff/provisioning-controller.ts';
import { changeCurrency, decideRate, enterRate, importRates, showRates } from './staff/rates-controller.ts';
import { showStaffHome } from './staff/staff-home-controller.ts';
import { switchAppearance } from './web/appearance-controller.ts';
import { anyone, customer, signedIn, staff } from './web/guards.ts';
import { showHealth, showReadiness } from './web/health-controller.ts';
import { get, post, withFormPages, type Route } from './web/router.ts';

/** Every path with its guard and its handler: the map of the house. */
export const routes: Route[] = withFormPages([
  get('/login', anyone, showSignIn),
  post('/login', anyone, submitSignIn),
  post('/logout', anyone, signOut, { formPage: '/' }),
  post('/appearance', anyone, switchAppearance, { formPage: '/' }),

  get('/dev/mail', anyone, showDevMails),
  get('/dev/mail/:id', anyone, showDevMail),
  get('/dev/mail/:id/html', anyone, showDevMailHtml),

  get('/', signedIn, showHome),

  get('/catalog', customer, showCatalog),
  get('/catalog/dedicated', customer, showPlans('dedicated')),
  get('/catalog/vps', customer, showPlans('vps')),

  get('/orders', customer, showOrders),
  post('/orders', customer, submitOrder),
  get('/orders/new', customer, showOrderForm),
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
  post('/orders/:id/auto-renewal', customer, submitAutoRenewal, { formPage: '/orders/:id' }),
  post('/orders/:id/comment', customer, submitComment, { formPage: '/orders/:id' }),

  get('/invoices', customer, showInvoices),
  get('/invoices.csv', customer, downloadInvoices),
  get('/invoices/payments', customer, showPaymentHistory),
  get('/invoices/payment', customer, reviewPayment),
  post('/invoices/payment', customer, payChosenInvoices),
  get('/invoices/:id.pdf', customer, downloadInvoice),
  get('/invoices/:id', customer, showInvoice),
  post('/invoices/:id/payment', customer, payInvoice, { formPage: '/invoices/:id' }),
  post('/invoices/:id/cancellation', customer, cancelInvoice, { formPage: '/invoices/:id' }),

  get('/balance', customer, showBalance),
  get('/balance.csv', customer, downloadStatement),
  get('/balance.pdf', customer, downloadStatementPdf),
  get('/top-ups/new', customer, showTopUpForm),
  post('/top-ups', customer, submitTopUp, { formPage: '/top-ups/new' }),
  get('/sandbox-bank', customer, showSandboxBank),
  post('/sandbox-bank', customer, decideAtSandboxBank),

  get('/profile', customer, showProfile),
  post('/profile', customer, submitProfile),
  get('/profile/missing-fields', customer, showCompletion),
  post('/profile/missing-fields', customer, completeProfile),
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
  get('/healthz', anyone, showHealth),
  get('/readyz', anyone, showReadiness),
  post('/webhooks/:gateway', anyone, receiveWebhook),
];
