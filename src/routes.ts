import { anyone, customer, member, signedIn, staff } from './web/guards.ts';
import { get, post, type Route, withFormPages } from './web/router.ts';
import { showAccountSwitch, submitAccountSwitch, submitLeaving } from './controllers/account-switch.ts';
import { switchAppearance } from './controllers/appearance.ts';
import { downloadStatementPdf } from './controllers/balance/statement-pdf.ts';
import { downloadStatement, showBalance } from './controllers/balance/statement.ts';
import { showTopUpForm, submitTopUp } from './controllers/balance/top-up.ts';
import { showCatalog } from './controllers/catalog/index.ts';
import { showPlans } from './controllers/catalog/plans.ts';
import { showHome } from './controllers/dashboard.ts';
import { showDevMails } from './controllers/dev-mail/list.ts';
import { showDevMail, showDevMailHtml } from './controllers/dev-mail/show.ts';
import { showEmailConfirmation, submitEmailConfirmation } from './controllers/email-confirmations/confirm.ts';
import { showConfirmationSent, submitConfirmationAgain } from './controllers/email-confirmations/sent.ts';
import { showEmailReturn, submitEmailReturn } from './controllers/email-return.ts';
import { showFactorRemoval, submitFactorRemovalStop } from './controllers/factor-removal.ts';
import { showHealth, showReadiness } from './controllers/health.ts';
import { downloadInvoices, showInvoices } from './controllers/invoices/list.ts';
import { downloadPaymentHistory, showPaymentHistory } from './controllers/invoices/payment-history.ts';
import { showInvitation, submitInvitationAnswer } from './controllers/invitation.ts';
import { reviewPayment, submitPayment } from './controllers/invoices/payment.ts';
import { downloadInvoice } from './controllers/invoices/pdf.ts';
import { showInvoice, submitInvoiceCancellation, submitInvoicePayment } from './controllers/invoices/show.ts';
import { showCancellation, submitCancellation, undoCancellation } from './controllers/orders/cancellation.ts';
import { chooseColumns, downloadOrders, showOrders } from './controllers/orders/list.ts';
import {
  showMembers,
  submitBillingContact,
  submitBillingContactRemoval,
  submitInvitation,
  submitInvitationWithdrawal,
  submitMemberRemoval,
  submitMemberRole,
} from './controllers/members/index.ts';
import { showOrderForm, submitOrder } from './controllers/orders/new.ts';
import { showOptions, submitOptionRemoval, submitOptions, undoOptionRemoval } from './controllers/orders/options.ts';
import { showPlanChange, submitPlanChange } from './controllers/orders/plan-change.ts';
import { showRenewal, submitRenewal } from './controllers/orders/renewal.ts';
import { showRenewals, submitRenewals } from './controllers/orders/renewals.ts';
import { showOrder, submitAutoRenewal, submitComment } from './controllers/orders/show.ts';
import { showNewPassword, submitNewPassword } from './controllers/password-resets/choose.ts';
import { showResetRequest, submitResetRequest } from './controllers/password-resets/request.ts';
import { showMissingFields, submitMissingFields } from './controllers/profile/complete-profile.ts';
import { showProfile, submitPreferences, submitProfile } from './controllers/profile/profile.ts';
import { showSshKeys, submitSshKey, submitSshKeyRemoval } from './controllers/profile/ssh-keys.ts';
import { showRegistration, submitRegistration } from './controllers/register.ts';
import { decideAtSandboxBank, showSandboxBank } from './controllers/sandbox-bank.ts';
import { judgeTypedPassword } from './controllers/password-strength.ts';
import { showSecondFactor, submitSecondFactor } from './controllers/second-factor.ts';
import { showConfirmation, submitConfirmation } from './controllers/security/confirmation.ts';
import { showSignInHistory } from './controllers/security/history.ts';
import {
  showSecurity,
  submitBrowserRemoval,
  submitSessionEnd,
  submitSessionsEnd,
} from './controllers/security/index.ts';
import { showEmailForm, submitEmail } from './controllers/security/email.ts';
import { showPasswordForm, submitPassword } from './controllers/security/password.ts';
import { showTotpSetup, submitRecoveryCodes, submitTotp, submitTotpRemoval } from './controllers/security/totp.ts';
import { showSignIn, signOut, submitSignIn } from './controllers/session.ts';
import { downloadAuditLog, showAuditLog } from './controllers/staff/audit.ts';
import { showNotices, submitNotices } from './controllers/staff/notices.ts';
import { showBillingPreview } from './controllers/staff/billing-preview.ts';
import { showLeavingOut, submitLeavingOut, submitPuttingBack } from './controllers/staff/order-leaving-out.ts';
import { showBillingRun, submitRetry } from './controllers/staff/billing-run.ts';
import { showBillingRuns, submitBillingRun } from './controllers/staff/billing.ts';
import { showCustomer, submitAdjustment } from './controllers/staff/customer.ts';
import {
  showCustomerAccess,
  submitBlock,
  submitEmailCorrection,
  submitFactorRemoval,
  submitFactorRemovalApproval,
  submitReset,
  submitSessionsEndOf,
  submitUnblock,
  submitUnlock,
} from './controllers/staff/customer-access.ts';
import { showCustomerProfile, submitCustomerProfile } from './controllers/staff/customer-profile.ts';
import { downloadStaffInvoices, showStaffInvoices } from './controllers/staff/invoices.ts';
import { downloadMails, showMails } from './controllers/staff/mails.ts';
import { showNewCustomer, submitNewCustomer } from './controllers/staff/new-customer.ts';
import { downloadCustomers, showCustomers } from './controllers/staff/customers.ts';
import { showWorkList } from './controllers/staff/work-list.ts';
import { downloadStaffOrders, showStaffOrders } from './controllers/staff/orders.ts';
import { showStaffInvoice } from './controllers/staff/invoice.ts';
import { showOrderAddress, submitOrderAddress } from './controllers/staff/order-address.ts';
import { showOrderRefusal, submitOrderRefusal } from './controllers/staff/order-refusal.ts';
import { showSellerSettings, submitSeller } from './controllers/staff/settings-seller.ts';
import { leadToSettings, showSettings, submitSettings, submitTestMail } from './controllers/staff/settings.ts';
import { showStaffOrder } from './controllers/staff/order.ts';
import { showStaffPayment } from './controllers/staff/payment.ts';
import { downloadStaffPayments, showStaffPayments } from './controllers/staff/payments.ts';
import { showCategories } from './controllers/staff/categories.ts';
import { showCategory, showNewCategory, submitCategory, submitNewCategory } from './controllers/staff/category.ts';
import { showLocations, submitLocation, submitLocationNames } from './controllers/staff/locations.ts';
import {
  showNetwork,
  submitAddresses,
  submitNetworkRemoval,
  submitNetworkSettings,
} from './controllers/staff/network.ts';
import { importNetworks, showNetworks } from './controllers/staff/networks.ts';
import { showNewNetwork, submitNetwork } from './controllers/staff/new-network.ts';
import { showOptionForm, showNewOption, submitNewOption, submitOption } from './controllers/staff/option.ts';
import { showStaffOptions } from './controllers/staff/options.ts';
import { showPlanPrices, submitPlanPrices, submitPriceWithdrawal } from './controllers/staff/plan-prices.ts';
import { showNewPlan, showStaffPlan, submitNewPlan, submitPlan } from './controllers/staff/plan.ts';
import { showStaffPlans } from './controllers/staff/plans.ts';
import { showProvisioning, submitActivation } from './controllers/staff/provisioning.ts';
import {
  changeCurrency,
  decideRate,
  enterRate,
  importRates,
  submitCurrency,
} from './controllers/staff/rate-changes.ts';
import { showRates } from './controllers/staff/rates.ts';
import {
  leadToPasswordForm,
  showFavicon,
  showManifest,
  showRobots,
  showSecurityTxt,
} from './controllers/site-files.ts';
import { showSearch } from './controllers/staff/search.ts';
import { showSetup, submitSetup } from './controllers/staff/setup.ts';
import {
  showTeam,
  submitEverybodysSessionsEnd,
  submitStaffInvitation,
  submitStaffInvitationWithdrawal,
  submitStaffRole,
} from './controllers/staff/team.ts';
import { downloadTransactions, showTransactions } from './controllers/staff/transactions.ts';
import { downloadUsers, showUsers } from './controllers/staff/users.ts';
import { showSupport, submitSupport } from './controllers/support.ts';
import { receiveWebhook } from './controllers/webhook.ts';

/** What takes somebody who has shown the password a short while ago. */
const FRESH = { fresh: true };
const ACCESS = { ...FRESH, formPage: '/staff/customers/:id/access' };

/** Every path with its guard and its handler. */
export const routes: Route[] = withFormPages([
  get('/login', anyone, showSignIn),
  post('/login', anyone, submitSignIn),
  post('/logout', anyone, signOut, { formPage: '/' }),
  get('/register', anyone, showRegistration),
  post('/register', anyone, submitRegistration, { pauses: true }),
  get('/email-confirmations', anyone, showConfirmationSent),
  post('/email-confirmations', signedIn, submitConfirmationAgain),
  get('/email-confirmations/:token', anyone, showEmailConfirmation),
  post('/email-confirmations/:token', anyone, submitEmailConfirmation),
  get('/email-returns/:token', anyone, showEmailReturn),
  post('/email-returns/:token', anyone, submitEmailReturn),
  get('/factor-removals/:token', anyone, showFactorRemoval),
  post('/factor-removals/:token', anyone, submitFactorRemovalStop),
  get('/password-resets', anyone, showResetRequest),
  post('/password-resets', anyone, submitResetRequest),
  get('/password-resets/:token', anyone, showNewPassword),
  post('/password-resets/:token', anyone, submitNewPassword),
  get('/login/second-factor', anyone, showSecondFactor),
  post('/login/second-factor', anyone, submitSecondFactor),
  post('/password-strength', anyone, judgeTypedPassword, { formPage: '/' }),
  post('/appearance', anyone, switchAppearance, { formPage: '/' }),

  get('/dev/mail', anyone, showDevMails),
  get('/dev/mail/:id', anyone, showDevMail),
  get('/dev/mail/:id/html', anyone, showDevMailHtml),

  get('/manifest.webmanifest', anyone, showManifest),

  get('/', signedIn, showHome),

  get('/catalog', anyone, showCatalog),
  get('/catalog/:category', anyone, showPlans),

  get('/orders', customer('orders:view'), showOrders),
  post('/orders', anyone, submitOrder, { formPage: '/orders/new?plan=:plan', pauses: true }),
  get('/orders/new', anyone, showOrderForm),
  get('/orders.csv', customer('orders:view'), downloadOrders),
  post('/orders/columns', customer('orders:view'), chooseColumns, { formPage: '/orders' }),
  get('/orders/renewals', customer('invoices:pay'), showRenewals),
  post('/orders/renewals', customer('invoices:pay'), submitRenewals),
  get('/orders/:id', customer('orders:view'), showOrder),
  get('/orders/:id/renewal', customer('invoices:pay'), showRenewal),
  post('/orders/:id/renewal', customer('invoices:pay'), submitRenewal),
  get('/orders/:id/cancellation', customer('orders:cancel'), showCancellation),
  post('/orders/:id/cancellation', customer('orders:cancel'), submitCancellation),
  post('/orders/:id/cancellation/undo', customer('orders:cancel'), undoCancellation, { formPage: '/orders/:id' }),
  get('/orders/:id/plan-change', customer('orders:place'), showPlanChange),
  post('/orders/:id/plan-change', customer('orders:place'), submitPlanChange),
  get('/orders/:id/options', customer('orders:place'), showOptions),
  post('/orders/:id/options', customer('orders:place'), submitOptions),
  post('/orders/:id/options/:code/removal', customer('orders:place'), submitOptionRemoval, {
    formPage: '/orders/:id/options',
  }),
  post('/orders/:id/options/:code/removal/undo', customer('orders:place'), undoOptionRemoval, {
    formPage: '/orders/:id/options',
  }),
  post('/orders/:id/auto-renewal', customer('orders:settings'), submitAutoRenewal, { formPage: '/orders/:id' }),
  post('/orders/:id/comment', customer('orders:settings'), submitComment, { formPage: '/orders/:id' }),

  get('/invoices', customer('invoices:view'), showInvoices),
  get('/invoices.csv', customer('invoices:view'), downloadInvoices),
  get('/invoices/payments', customer('invoices:view'), showPaymentHistory),
  get('/invoices/payments.csv', customer('invoices:view'), downloadPaymentHistory),
  get('/invoices/payment', customer('invoices:pay'), reviewPayment),
  post('/invoices/payment', customer('invoices:pay'), submitPayment),
  get('/invoices/:id.pdf', customer('invoices:view'), downloadInvoice),
  get('/invoices/:id', customer('invoices:view'), showInvoice),
  post('/invoices/:id/payment', customer('invoices:pay', 'top-ups'), submitInvoicePayment, {
    formPage: '/invoices/:id',
  }),
  post('/invoices/:id/cancellation', customer('invoices:pay'), submitInvoiceCancellation, {
    formPage: '/invoices/:id',
  }),

  get('/support', customer('support'), showSupport),
  post('/support', customer('support'), submitSupport),

  get('/balance', customer('invoices:view'), showBalance),
  get('/balance.csv', customer('invoices:view'), downloadStatement),
  get('/balance.pdf', customer('invoices:view'), downloadStatementPdf),
  get('/top-ups/new', customer('top-ups'), showTopUpForm),
  post('/top-ups', customer('top-ups'), submitTopUp, { formPage: '/top-ups/new' }),
  get('/sandbox-bank', customer('top-ups'), showSandboxBank),
  post('/sandbox-bank', customer('top-ups'), decideAtSandboxBank),

  get('/profile', member, showProfile),
  post('/profile', customer('profile'), submitProfile),
  get('/profile/missing-fields', customer('profile'), showMissingFields),
  post('/profile/missing-fields', customer('profile'), submitMissingFields),
  get('/profile/ssh-keys', customer('orders:settings'), showSshKeys),
  post('/profile/ssh-keys', customer('orders:settings'), submitSshKey),
  post('/profile/ssh-keys/:id/removal', customer('orders:settings'), submitSshKeyRemoval, {
    formPage: '/profile/ssh-keys',
  }),
  post('/profile/preferences', member, submitPreferences, { formPage: '/profile' }),

  get('/members', customer('members'), showMembers),
  post('/members/invitations', customer('members'), submitInvitation, { ...FRESH, formPage: '/members' }),
  post('/members/invitations/:id/withdrawal', customer('members'), submitInvitationWithdrawal, {
    formPage: '/members',
  }),
  post('/members/contacts', customer('members'), submitBillingContact, { ...FRESH, formPage: '/members' }),
  post('/members/contacts/:id/removal', customer('members'), submitBillingContactRemoval, { formPage: '/members' }),
  post('/members/:id/role', customer('members'), submitMemberRole, { ...FRESH, formPage: '/members' }),
  post('/members/:id/removal', customer('members'), submitMemberRemoval, { ...FRESH, formPage: '/members' }),
  get('/invitations/:token', anyone, showInvitation),
  post('/invitations/:token', anyone, submitInvitationAnswer),
  get('/account/switch', signedIn, showAccountSwitch),
  post('/account/switch', signedIn, submitAccountSwitch),
  post('/account/memberships/:id/leaving', signedIn, submitLeaving, { ...FRESH, formPage: '/account/switch' }),

  get('/security', signedIn, showSecurity),
  get('/security/confirmation', signedIn, showConfirmation),
  post('/security/confirmation', signedIn, submitConfirmation),
  get('/security/password', signedIn, showPasswordForm),
  post('/security/password', signedIn, submitPassword),
  get('/security/email', signedIn, showEmailForm, FRESH),
  post('/security/email', signedIn, submitEmail, FRESH),
  get('/security/totp', signedIn, showTotpSetup, FRESH),
  post('/security/totp', signedIn, submitTotp, FRESH),
  post('/security/totp/removal', signedIn, submitTotpRemoval, { ...FRESH, formPage: '/security' }),
  post('/security/recovery-codes', signedIn, submitRecoveryCodes, { ...FRESH, formPage: '/security' }),
  post('/security/browsers/:id/removal', signedIn, submitBrowserRemoval, { formPage: '/security' }),
  post('/security/sessions/end', signedIn, submitSessionsEnd, { ...FRESH, formPage: '/security' }),
  post('/security/sessions/:id/end', signedIn, submitSessionEnd, { ...FRESH, formPage: '/security' }),
  get('/security/history', signedIn, showSignInHistory),

  get('/staff', staff('customers:view'), showWorkList),
  get('/staff/notices', staff('customers:view'), showNotices),
  post('/staff/notices', staff('customers:view'), submitNotices),
  get('/staff/search', staff('customers:view'), showSearch),
  get('/staff/setup', anyone, showSetup),
  post('/staff/setup', anyone, submitSetup),
  get('/staff/team', staff('staff:view'), showTeam),
  post('/staff/team/invitations', staff('staff:edit'), submitStaffInvitation, { ...FRESH, formPage: '/staff/team' }),
  post('/staff/team/invitations/:id/withdrawal', staff('staff:edit'), submitStaffInvitationWithdrawal, {
    formPage: '/staff/team',
  }),
  post('/staff/team/sessions/end', staff('staff:edit'), submitEverybodysSessionsEnd, {
    ...FRESH,
    formPage: '/staff/team',
  }),
  post('/staff/team/:id/role', staff('staff:edit'), submitStaffRole, { ...FRESH, formPage: '/staff/team' }),
  get('/staff/customers', staff('customers:view'), showCustomers),
  get('/staff/customers.csv', staff('customers:view'), downloadCustomers),
  get('/staff/users', staff('customers:view'), showUsers),
  get('/staff/users.csv', staff('customers:view'), downloadUsers),
  get('/staff/mails', staff('customers:view'), showMails),
  get('/staff/mails.csv', staff('customers:view'), downloadMails),
  get('/staff/orders', staff('orders:view'), showStaffOrders),
  get('/staff/orders.csv', staff('orders:view'), downloadStaffOrders),
  get('/staff/orders/:id', staff('orders:view'), showStaffOrder),
  get('/staff/orders/:id/address', staff('orders:act'), showOrderAddress),
  post('/staff/orders/:id/address', staff('orders:act'), submitOrderAddress),
  get('/staff/orders/:id/leaving-out', staff('billing:run'), showLeavingOut),
  post('/staff/orders/:id/leaving-out', staff('billing:run'), submitLeavingOut),
  post('/staff/orders/:id/leaving-out/undo', staff('billing:run'), submitPuttingBack, {
    formPage: '/staff/orders/:id/leaving-out',
  }),
  get('/staff/orders/:id/refusal', staff('orders:act'), showOrderRefusal),
  post('/staff/orders/:id/refusal', staff('orders:act'), submitOrderRefusal, FRESH),
  get('/staff/invoices', staff('money:view'), showStaffInvoices),
  get('/staff/invoices.csv', staff('money:view'), downloadStaffInvoices),
  get('/staff/invoices/:id', staff('money:view'), showStaffInvoice),
  get('/staff/payments', staff('money:view'), showStaffPayments),
  get('/staff/payments.csv', staff('money:view'), downloadStaffPayments),
  get('/staff/payments/:id', staff('money:view'), showStaffPayment),
  get('/staff/transactions', staff('money:view'), showTransactions),
  get('/staff/transactions.csv', staff('money:view'), downloadTransactions),
  get('/staff/customers/new', staff('customers:edit'), showNewCustomer),
  post('/staff/customers', staff('customers:edit'), submitNewCustomer, {
    ...FRESH,
    formPage: '/staff/customers/new',
  }),
  get('/staff/customers/:id/profile', staff('customers:edit'), showCustomerProfile),
  post('/staff/customers/:id/profile', staff('customers:edit'), submitCustomerProfile, FRESH),
  get('/staff/customers/:id/access', staff('customers:view'), showCustomerAccess),
  post('/staff/customers/:id/users/:user/email', staff('customers:security'), submitEmailCorrection, ACCESS),
  post('/staff/customers/:id/users/:user/reset', staff('customers:security'), submitReset, ACCESS),
  post('/staff/customers/:id/users/:user/unlock', staff('customers:security'), submitUnlock, ACCESS),
  post('/staff/customers/:id/users/:user/sessions/end', staff('customers:security'), submitSessionsEndOf, ACCESS),
  post('/staff/customers/:id/users/:user/factor-removal', staff('customers:security'), submitFactorRemoval, ACCESS),
  post(
    '/staff/customers/:id/users/:user/factor-removal/approval',
    staff('customers:security'),
    submitFactorRemovalApproval,
    ACCESS,
  ),
  post('/staff/customers/:id/block', staff('customers:block'), submitBlock, ACCESS),
  post('/staff/customers/:id/unblock', staff('customers:block'), submitUnblock, ACCESS),
  get('/staff/customers/:id', staff('customers:view'), showCustomer),
  post('/staff/customers/:id/adjustments', staff('money:act'), submitAdjustment, {
    ...FRESH,
    formPage: '/staff/customers/:id',
  }),
  get('/staff/provisioning', staff('orders:view'), showProvisioning),
  post('/staff/orders/:id/activation', staff('orders:act'), submitActivation, { formPage: '/staff/provisioning' }),
  get('/staff/rates', staff('rates:view'), showRates),
  post('/staff/rates', staff('rates:edit'), enterRate),
  post('/staff/rates/imports', staff('rates:edit'), importRates, { body: 'file', formPage: '/staff/rates' }),
  post('/staff/rates/proposals/:id', staff('rates:edit'), decideRate, { formPage: '/staff/rates' }),
  post('/staff/currencies', staff('rates:edit'), submitCurrency, { formPage: '/staff/rates' }),
  post('/staff/currencies/:code', staff('rates:edit'), changeCurrency, { formPage: '/staff/rates' }),
  get('/staff/billing', staff('billing:view'), showBillingRuns),
  post('/staff/billing', staff('billing:run'), submitBillingRun),
  get('/staff/billing/preview', staff('billing:view'), showBillingPreview),
  post('/staff/billing/:id/failures/:failure/retry', staff('billing:run'), submitRetry, {
    formPage: '/staff/billing/:id',
  }),
  get('/staff/billing/:id', staff('billing:view'), showBillingRun),
  get('/staff/plans', staff('catalog:view'), showStaffPlans),
  get('/staff/plans/new', staff('catalog:edit'), showNewPlan),
  post('/staff/plans', staff('catalog:edit'), submitNewPlan, { formPage: '/staff/plans/new?category=:category' }),
  get('/staff/plans/:id', staff('catalog:view'), showStaffPlan),
  post('/staff/plans/:id', staff('catalog:edit'), submitPlan),
  get('/staff/plans/:id/prices', staff('catalog:view'), showPlanPrices),
  post('/staff/plans/:id/prices', staff('catalog:edit'), submitPlanPrices),
  post('/staff/plans/:id/prices/:change/withdrawal', staff('catalog:edit'), submitPriceWithdrawal, {
    formPage: '/staff/plans/:id/prices',
  }),
  get('/staff/categories', staff('catalog:view'), showCategories),
  get('/staff/categories/new', staff('catalog:edit'), showNewCategory),
  post('/staff/categories', staff('catalog:edit'), submitNewCategory, { formPage: '/staff/categories/new' }),
  get('/staff/categories/:code', staff('catalog:view'), showCategory),
  post('/staff/categories/:code', staff('catalog:edit'), submitCategory),
  get('/staff/options', staff('catalog:view'), showStaffOptions),
  get('/staff/options/new', staff('catalog:edit'), showNewOption),
  post('/staff/options', staff('catalog:edit'), submitNewOption, { formPage: '/staff/options/new?category=:category' }),
  get('/staff/options/:id', staff('catalog:view'), showOptionForm),
  post('/staff/options/:id', staff('catalog:edit'), submitOption),
  get('/staff/networks', staff('catalog:view'), showNetworks),
  get('/staff/networks/new', staff('catalog:edit'), showNewNetwork),
  post('/staff/networks', staff('catalog:edit'), submitNetwork, { formPage: '/staff/networks/new' }),
  post('/staff/networks/imports', staff('catalog:edit'), importNetworks, { body: 'file', formPage: '/staff/networks' }),
  get('/staff/networks/:id', staff('catalog:view'), showNetwork),
  post('/staff/networks/:id', staff('catalog:edit'), submitNetworkSettings),
  post('/staff/networks/:id/addresses', staff('catalog:edit'), submitAddresses, { formPage: '/staff/networks/:id' }),
  post('/staff/networks/:id/removal', staff('catalog:edit'), submitNetworkRemoval, {
    formPage: '/staff/networks/:id',
  }),
  get('/staff/locations', staff('catalog:view'), showLocations),
  post('/staff/locations', staff('catalog:edit'), submitLocation),
  post('/staff/locations/:id', staff('catalog:edit'), submitLocationNames, { formPage: '/staff/locations' }),
  get('/staff/settings', staff('settings:view'), leadToSettings),
  get('/staff/settings/seller', staff('settings:view'), showSellerSettings),
  post('/staff/settings/seller', staff('settings:edit'), submitSeller, FRESH),
  post('/staff/settings/mail/test', staff('settings:edit'), submitTestMail, { formPage: '/staff/settings/mail' }),
  get('/staff/settings/:group', staff('settings:view'), showSettings),
  post('/staff/settings/:group', staff('settings:edit'), submitSettings, FRESH),
  get('/staff/audit', staff('audit:view'), showAuditLog),
  get('/staff/audit.csv', staff('audit:view'), downloadAuditLog),
]);

/** What machines ask for: no session, no token. */
export const machineRoutes: Route[] = [
  get('/robots.txt', anyone, showRobots),
  get('/.well-known/security.txt', anyone, showSecurityTxt),
  get('/.well-known/change-password', anyone, leadToPasswordForm),
  get('/favicon.ico', anyone, showFavicon),
  get('/healthz', anyone, showHealth),
  get('/readyz', anyone, showReadiness),
  post('/webhooks/:gateway', anyone, receiveWebhook),
];
