import { FIELD_KINDS, PROVISIONING } from '../../../src/domain/catalog/category.ts';
import { ROUNDING_RULES } from '../../../src/domain/catalog/propose-price.ts';
import type { PlanState } from '../../../src/web/rendering/status-badges.ts';
import { ADDRESS_STATES } from '../../../src/domain/networks/network-queries.ts';
import { ADDRESS_ACTIONS } from '../../../src/domain/networks/save-network.ts';
import type { NetworkFileFault } from '../../../src/domain/networks/network-file.ts';
import { SETTINGS } from '../../../src/domain/settings/settings.ts';
import { OPENING_STEPS } from '../../../src/domain/desk/opening-queries.ts';
import type { FieldFaultKey } from '../../../src/web/typed-form.ts';
import fs from 'node:fs';
import path from 'node:path';
import { AUDIT_ACTIONS } from '../../../src/domain/audit/record-audit.ts';
import type { BillingRun } from '../../../src/domain/billing/run-queries.ts';
import { BILLING_ACTIONS } from '../../../src/domain/billing/steps/step.ts';
import { NOTIFICATIONS } from '../../../src/domain/customers/notifications.ts';
import type { SshKeyFault } from '../../../src/domain/customers/ssh-key.ts';
import { type Profile, PROFILE_FIELDS } from '../../../src/domain/customers/profile.ts';
import type { PasswordFault, RateFileFault } from '../../../src/domain/errors.ts';
import { SANDBOX } from '../../../src/domain/gateways/sandbox.ts';
import { EXTRA_RIGHTS, MEMBER_ROLES, STAFF_RIGHTS } from '../../../src/domain/identity/rights.ts';
import type { SignInMethod, SignInOutcome } from '../../../src/domain/identity/sign-in-history.ts';
import type { Theme } from '../../../src/domain/identity/user-queries.ts';
import { INVOICE_SORTS } from '../../../src/domain/invoices/invoice-list-queries.ts';
import type { InvoiceKind, LineKind, ShownInvoiceStatus } from '../../../src/domain/invoices/invoice.ts';
import type { AccountKind } from '../../../src/domain/ledger/accounts.ts';
import type { TransactionKind } from '../../../src/domain/ledger/post-transaction.ts';
import type { AmountProblem } from '../../../src/domain/money/parse-amount.ts';
import type { MailState } from '../../../src/domain/notifications/mail-queries.ts';
import { MESSAGES } from '../../../src/domain/notifications/messages.ts';
import type { CancellationCause } from '../../../src/domain/orders/mark-cancelled.ts';
import { ORDER_SORTS } from '../../../src/domain/orders/order-list-queries.ts';
import { SHOWN_ORDER_STATUSES, type SuspensionReason } from '../../../src/domain/orders/order.ts';
import type { OrderEvent } from '../../../src/domain/orders/record-order-event.ts';
import type { PaymentHistoryItem, PaymentMark, PaymentState } from '../../../src/domain/payments/payment-queries.ts';
import type { Decision } from '../../../src/domain/rates/decide-proposal.ts';
import type { FetchFailure } from '../../../src/domain/rates/fetch-rates.ts';
import type { StoredRate } from '../../../src/domain/rates/rate-table.ts';
import { NOTICE_MODES } from '../../../src/domain/desk/staff-notices.ts';
import { OVERDUE_AGES, WORK_KINDS } from '../../../src/domain/desk/work-list-queries.ts';
import type { PartState } from '../../../src/controllers/staff/installation-states.ts';
import { AUDIT_DETAILS } from '../../../src/web/rendering/audit-text.ts';
import { ISSUED_PRESETS } from '../../../src/web/day-presets.ts';

/** Every member of a union: one that is forgotten here does not compile. */
const every = <Name extends string>(names: Record<Name, true>): string[] => Object.keys(names);

const read = (file: string) => fs.readFileSync(path.join(import.meta.dirname, '../../..', file), 'utf8');
const found = (file: string, pattern: RegExp) => [...read(file).matchAll(pattern)].map(([, name = '']) => name);

/** What refusals say, wherever they are declared. */
const REFUSALS = ['src/domain/errors.ts', 'src/web/middleware/error-pages.ts'].flatMap((file) =>
  found(file, /readonly key = '(\w+)'/g),
);

const SSH_KEY_FAULTS = every<SshKeyFault | 'gone'>({
  private: true,
  malformed: true,
  type: true,
  weak: true,
  too_long: true,
  gone: true,
}).map((fault) => `ssh_key.${fault}`);
const INVOICE_KINDS = every<InvoiceKind>({ service: true, top_up: true });
const PAYMENT_STATES = every<PaymentState>({ started: true, pending: true, captured: true, declined: true });
const RATE_SOURCES = every<StoredRate['source']>({ ecb: true, cbr: true, manual: true, demo: true });

const SETTINGS_GROUPS = ['registration', 'top_ups', 'mail', 'texts', 'maintenance'];

/**
 * What can follow the beginning of a key that ends in what is stored or chosen. Each beginning that views or code put a
 * name behind stands here, so that no name is without its words.
 */
export const ENUMERATIONS: Record<string, readonly string[]> = {
  'common.list.preset.': ISSUED_PRESETS,
  'dashboard.covers_a_year.': ['after_paying', 'now'],
  'dashboard.covers_until.': ['after_paying', 'now'],
  'dashboard.needed_on.': ['after_paying', 'now'],
  'dashboard.needed_today.': ['after_paying', 'now'],
  'errors.': REFUSALS,
  'errors.amount.': every<AmountProblem>({
    blank: true,
    not_a_number: true,
    negative: true,
    zero: true,
    too_large: true,
    too_many_decimals: true,
  }),
  'errors.password.': every<PasswordFault>({
    too_short: true,
    too_long: true,
    common: true,
    repeats: true,
    sequence: true,
    date: true,
    personal: true,
    guessable: true,
  }),
  'errors.page.title.': ['refused', 'fault', 'not_found', 'forbidden'],
  'errors.field.': [
    'too_long',
    'invalid',
    'phone',
    'required',
    'email',
    'terms',
    'months',
    'hostname',
    'os',
    'location',
    ...every<FieldFaultKey>({
      required: true,
      too_long: true,
      invalid: true,
      code: true,
      whole_number: true,
      day: true,
      day_from: true,
      gap: true,
      choice: true,
      reason: true,
      periods: true,
      pattern: true,
      network: true,
      gateway: true,
      ip: true,
      ranges: true,
    }),
    ...SSH_KEY_FAULTS,
  ],
  'invoices.happened.': PAYMENT_STATES,
  'invoices.list.kind.': INVOICE_KINDS,
  'invoices.list.problem.': ['day', 'amount', 'days', 'amounts'],
  'layout.section.': ['dashboard', 'orders', 'invoices', 'balance'],
  'layout.desk.group.': ['work', 'customers', 'sales', 'money', 'catalog', 'books', 'settings'],
  'layout.desk.section.': [
    'work_list',
    'billing',
    'customers',
    'users',
    'mails',
    'orders',
    'provisioning',
    'invoices',
    'payments',
    'rates',
    'plans',
    'networks',
    'settings',
    'transactions',
    'audit',
    'team',
  ],
  'mail.': Object.keys(MESSAGES).flatMap((kind) => [`${kind}.subject`, `${kind}.text`]),
  'mail.action.': [
    'work_list',
    'plan_change',
    'invoice',
    'order',
    'orders',
    'balance',
    'top_up',
    'profile',
    'support',
    'customer',
    'sign_in',
    'security',
    'confirm',
    'choose_password',
    'take_back',
    'invitation',
    'stop',
  ],
  'mail.fact.': [
    'customer',
    'sender',
    'reply_to',
    'order',
    'plan',
    'hostname',
    'options',
    'ip',
    'invoice',
    'total',
    'credited',
    'missing',
    'fields',
    'balance',
    'reserved',
    'due_on',
    'paid_until',
    'suspended_on',
    'cancelled_on',
    'reason',
    'account',
    'inviter',
    'new_email',
    'codes_left',
    'until',
    'at',
    'user_agent',
    'address',
  ],
  'orders.new.field.': ['months', 'hostname', 'os', 'location', 'kept_key', 'ssh_key'],
  'orders.plan_change.flash.': ['issued', 'credited', 'changed'],
  'session.register.mode.': ['invitation', 'closed'],
  'session.demo.account.': ['eur', 'usd', 'books', 'rub', 'fresh', 'admin', 'billing', 'support'],
  'staff.rates.flash.rate_': every<Decision>({ confirmed: true, rejected: true }),
  'terms.adjustment_direction.': ['credit', 'debit'],
  'terms.audit_action.': AUDIT_ACTIONS,
  'terms.audit_detail.': AUDIT_DETAILS,
  'terms.auto_renewal.': ['on', 'off', 'account'],
  'terms.billing_action.': BILLING_ACTIONS,
  'terms.billing_run_start.': every<BillingRun['startedBy']>({ schedule: true, staff: true, command_line: true }),
  'terms.billing_run_state.': every<BillingRun['state']>({ running: true, done: true, interrupted: true }),
  'terms.cancellation_cause.': every<CancellationCause>({
    asked: true,
    never_paid: true,
    not_renewed: true,
    period_over: true,
    refused: true,
  }),
  'staff.categories.kind.': FIELD_KINDS,
  'staff.categories.provisioned.': PROVISIONING,
  'staff.settings.group.': [...SETTINGS_GROUPS, 'seller'],
  'staff.settings.about.': SETTINGS_GROUPS,
  'staff.settings.field.': Object.keys(SETTINGS),
  'staff.settings.hint.': Object.keys(SETTINGS),
  'staff.settings.fault.': Object.keys(SETTINGS),
  'staff.settings.registration.': SETTINGS.registration.options,
  'staff.settings.second_factor.': SETTINGS.customer_second_factor.options,
  'staff.opening.step.': OPENING_STEPS,
  'staff.opening.about.': OPENING_STEPS,
  'staff.address.kind.': ['replace', 'add', 'add_subnet', 'remove'],
  'staff.networks.actions.': ADDRESS_ACTIONS,
  'staff.networks.state.': ADDRESS_STATES,
  'errors.network_file.': every<NetworkFileFault>({
    unreadable: true,
    columns: true,
    too_long: true,
    empty: true,
    network: true,
    location: true,
    gateway: true,
    dns: true,
    vlan: true,
    reserved: true,
    note: true,
  }),
  'staff.plans.filter.': ['on_sale', 'hidden', 'off', 'low_stock', 'price_missing'],
  'staff.plans.state.': every<PlanState>({ on_sale: true, hidden: true, off: true, sold_out: true }),
  'staff.prices.rule.': ROUNDING_RULES,
  'terms.customer_kind.': every<Profile['kind']>({ person: true, company: true }),
  'terms.fetch_failure.': every<FetchFailure['key']>({
    status: true,
    slow: true,
    too_large: true,
    cut_off: true,
    unreachable: true,
    other_bank: true,
    refused: true,
  }),
  'terms.invoice_field.': [...INVOICE_SORTS, 'kind', 'due', 'currency'],
  'terms.invoice_kind.': INVOICE_KINDS,
  'terms.invoice_line.': every<LineKind>({
    new_order: true,
    renewal: true,
    option: true,
    setup_fee: true,
    plan_change: true,
    top_up: true,
  }),
  'terms.invoice_payment.': ['pending', 'declined'],
  'terms.invoice_status.': every<ShownInvoiceStatus>({ unpaid: true, overdue: true, paid: true, cancelled: true }),
  'terms.sign_in_method.': every<SignInMethod>({
    password: true,
    password_code: true,
    password_recovery: true,
    password_remembered: true,
  }),
  'terms.sign_in_outcome.': every<SignInOutcome>({
    signed_in: true,
    wrong_password: true,
    wrong_code: true,
    refused: true,
  }),
  'terms.member_role.': MEMBER_ROLES,
  'terms.member_role_about.': MEMBER_ROLES,
  'terms.right.': [...EXTRA_RIGHTS, ...STAFF_RIGHTS].map((right) => right.replace(/[:-]/g, '_')),
  'terms.staff_role.': ['support', 'billing', 'admin'],
  'terms.mail_state.': every<MailState>({
    waiting: true,
    sending: true,
    sent: true,
    failed: true,
    uncertain: true,
    kept: true,
  }),
  'terms.notification.': NOTIFICATIONS,
  'terms.operation.': every<TransactionKind>({
    payment: true,
    invoice_payment: true,
    adjustment: true,
    refund: true,
    plan_change_credit: true,
  }),
  'terms.operation_field.': ['date', 'kind', 'what_for', 'service', 'amount', 'balance_after', 'currency'],
  'terms.order_event.': every<OrderEvent['kind']>({
    placed: true,
    paid: true,
    activated: true,
    renewed: true,
    plan_changed: true,
    upgrade_withdrawn: true,
    options_added: true,
    options_withdrawn: true,
    option_dropped: true,
    option_kept: true,
    suspended: true,
    resumed: true,
    ending: true,
    ending_undone: true,
    auto_renewal: true,
    price_changed: true,
    addresses_changed: true,
    cancelled: true,
  }),
  'terms.order_field.': [...ORDER_SORTS, 'currency', 'period', 'hostname'],
  'terms.order_status.': SHOWN_ORDER_STATUSES,
  'terms.payment_direction.': every<PaymentHistoryItem['direction']>({ in: true, out: true }),
  'staff.customers.column.': [
    'id',
    'name',
    'email',
    'kind',
    'country',
    'blocked',
    'orders',
    'currency',
    'unpaid',
    'balance',
    'since',
  ],
  'staff.customers.with.': ['overdue', 'balance'],
  'staff.invoices.column.': ['customer', 'customer_name', 'kind'],
  'staff.mails.column.': ['id', 'written', 'kind', 'recipient', 'customer', 'state', 'sent', 'attempts', 'error'],
  'staff.orders.column.': ['customer', 'customer_name', 'auto_renewal', 'location'],
  'staff.payments.column.': [
    'id',
    'started',
    'customer',
    'customer_name',
    'invoice',
    'gateway',
    'reference',
    'state',
    'asked',
    'asked_currency',
    'captured',
    'captured_currency',
    'captured_at',
    'mark',
  ],
  'staff.search.group.': ['customers', 'users', 'orders', 'invoices', 'payments', 'addresses'],
  'staff.timeline.': ['customer', 'staff', 'system'],
  'staff.transactions.column.': ['id', 'at', 'kind', 'customer', 'cause', 'account', 'amount', 'currency'],
  'staff.users.column.': ['id', 'email', 'kind', 'customers', 'factor', 'state', 'last_seen', 'since'],
  'staff.audit.column.': ['at', 'by', 'role', 'action', 'subject', 'reason', 'details'],
  'staff.work.backup_': ['none', 'good', 'failed'],
  'staff.notices.kind.': WORK_KINDS,
  'staff.notices.mode.': NOTICE_MODES,
  'staff.work.line.': WORK_KINDS,
  'staff.work.overdue_age.': OVERDUE_AGES.map(({ name }) => name),
  'staff.work.part.': every<PartState['part']>({ billing: true, rates: true, mail: true, backup: true }),
  'terms.customer_state.': ['open', 'blocked'],
  'terms.ledger_account.': every<AccountKind>({
    customer_balance: true,
    revenue: true,
    exchange: true,
    gateway_clearing: true,
    adjustments: true,
  }),
  'terms.mail_kind.': Object.keys(MESSAGES),
  'terms.user_kind.': ['member', 'staff'],
  'terms.payment_mark.': every<PaymentMark>({
    amount_differs: true,
    currency_differs: true,
    invoice_not_unpaid: true,
    cannot_value: true,
    captured_again: true,
  }),
  'terms.payment_field.': ['date', 'direction', 'amount', 'currency', 'method', 'invoice', 'state'],
  'terms.payment_method.': ['balance', SANDBOX],
  'terms.payment_state.': PAYMENT_STATES,
  'terms.profile_field.': PROFILE_FIELDS.map(({ name }) => name),
  'terms.rate_file_fault.': every<RateFileFault>({
    no_file: true,
    too_large: true,
    not_xml: true,
    not_a_rate_file: true,
    encoding: true,
    not_a_rate: true,
    zero_rate: true,
    not_a_currency: true,
    not_a_nominal: true,
    not_a_date: true,
    future_date: true,
    no_rates: true,
    twice: true,
    base_quoted: true,
    base_missing: true,
  }),
  'terms.rate_source.': RATE_SOURCES,
  'terms.rate_source_short.': RATE_SOURCES,
  'terms.suspension.': every<SuspensionReason>({ non_payment: true, abuse: true }),
  'terms.theme.': every<Theme>({ system: true, light: true, dark: true }),
};
