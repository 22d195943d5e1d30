/**
 * What the domain refuses: one class each. A refusal is expected; its key is a sentence in both languages
 * (`errors.<key>` in src/platform/i18n), and `data` fills its placeholders. Any other error is a bug.
 */
export abstract class Refusal extends Error {
  abstract readonly key: string;
  readonly data: Record<string, unknown>;
  /** 422 for what the user can correct, 404 for what is missing or not theirs, 403 for what they may not do. */
  readonly status: number = 422;

  constructor(data: Record<string, unknown> = {}) {
    super();
    this.data = data;
    this.message = `${new.target.name} ${JSON.stringify(data)}`;
  }
}

/** The row is missing, or belongs to another customer: the answer does not say which. */
export class NotFound extends Refusal {
  readonly key = 'not_found';
  override readonly status = 404;
}

/** Signed in, but not for this. */
export class Forbidden extends Refusal {
  readonly key = 'forbidden';
  override readonly status = 403;
}

/** What makes or spends money waits until the e-mail is confirmed. */
export class EmailNotConfirmed extends Refusal {
  readonly key = 'email_not_confirmed';
  override readonly status = 403;
}

/** The request came without this session's token, or from another site. */
export class ForgedRequest extends Refusal {
  readonly key = 'forged_request';
  override readonly status = 403;
}

/** The operator's proxy does not say that requests come over TLS; see src/web/middleware/proxy-check.ts. */
export class ProxyMisconfigured extends Refusal {
  readonly key = 'proxy_misconfigured';
  override readonly status = 503;
}

/** The request has a form that none of the portal's own pages sends. */
export class MalformedRequest extends Refusal {
  readonly key = 'malformed_request';
  override readonly status = 400;
}

/** The database cannot be reached or does not answer; whether a change was made is not known. */
export class DatabaseUnavailable extends Refusal {
  readonly key = 'database_unavailable';
  override readonly status = 503;
}

/** Too many attempts; `data.seconds` is how long to wait. */
export class TooManyAttempts extends Refusal {
  readonly key = 'too_many_attempts';
  override readonly status = 429;
}

/** E-mail and password do not match, or the user is disabled: one message for all of these. */
export class WrongCredentials extends Refusal {
  readonly key = 'wrong_credentials';
}

/** Why a password is refused: `errors.password.<fault>` in both languages. */
export type PasswordFault =
  'too_short' | 'too_long' | 'common' | 'repeats' | 'sequence' | 'date' | 'personal' | 'guessable';

/** A new password that would be guessed; `data.fault` says why, `data.minimum` how many characters it takes. */
export class PasswordWeak extends Refusal {
  readonly key = 'password_weak';
  declare readonly data: { fault: PasswordFault; minimum: number };
}

/** The new password is the old one. */
export class PasswordUnchanged extends Refusal {
  readonly key = 'password_unchanged';
}

/** The present password that somebody was asked for again is not right. */
export class WrongPassword extends Refusal {
  readonly key = 'wrong_password';
}

/** The code of the second factor is wrong, or was used before. */
export class WrongCode extends Refusal {
  readonly key = 'wrong_code';
}

/** A link in mail that was used, is too old, or never was one. */
export class LinkInvalid extends Refusal {
  readonly key = 'link_invalid';
  override readonly status = 410;
}

/** Another account has the e-mail. */
export class EmailTaken extends Refusal {
  readonly key = 'email_taken';
}

/** A customer would be left without an owner. */
export class LastOwner extends Refusal {
  readonly key = 'last_owner';
}

/** Nobody would be left who may change the staff. */
export class LastAdministrator extends Refusal {
  readonly key = 'last_administrator';
}

/** Staff have blocked the customer; `data.text` is what they say. */
export class CustomerBlocked extends Refusal {
  readonly key = 'customer_blocked';
  override readonly status = 403;
}

/** The e-mail was changed within the days in which it can be taken back. */
export class EmailChangedLately extends Refusal {
  readonly key = 'email_changed_lately';
}

/** The removal of somebody's second factor was asked for before. */
export class RemovalAsked extends Refusal {
  readonly key = 'removal_asked';
}

/** Somebody with that e-mail is a member already. */
export class AlreadyMember extends Refusal {
  readonly key = 'already_member';
}

/** More invitations are open than anybody needs. */
export class TooManyInvitations extends Refusal {
  readonly key = 'too_many_invitations';
}

/** The e-mail that was invited is of the other kind: staff are members of no customer, and members are no staff. */
export class OtherKindOfUser extends Refusal {
  readonly key = 'other_kind_of_user';
}

/** Staff come in from the networks of `STAFF_ADDRESSES` only. */
export class StaffAddressRefused extends Refusal {
  readonly key = 'staff_address_refused';
  override readonly status = 403;
}

/** No rate is stored for `data.currency`; it is never taken as 1 (rule C3). */
export class RateMissing extends Refusal {
  readonly key = 'rate_missing';
}

/** The rates are older than allowed; conversions for payment wait for newer ones (rule C5). */
export class RatesTooOld extends Refusal {
  readonly key = 'rates_too_old';
}

/** A currency that is not in the table, or not enabled. */
export class UnknownCurrency extends Refusal {
  readonly key = 'unknown_currency';
}

/** Why a rate file is refused: `terms.rate_file_fault.<fault>` in both languages. */
export type RateFileFault =
  | 'no_file'
  | 'too_large'
  | 'not_xml'
  | 'not_a_rate_file'
  | 'encoding'
  | 'not_a_rate'
  | 'zero_rate'
  | 'not_a_currency'
  | 'not_a_nominal'
  | 'not_a_date'
  | 'future_date'
  | 'no_rates'
  | 'twice'
  | 'base_quoted'
  | 'base_missing';

/** A rate file was refused, nothing of it stored; `data.reason`, `data.line`, `data.detail` say why (rule C3). */
export class RateFileRefused extends Refusal {
  readonly key = 'rate_file_refused';
  declare readonly data: { reason: RateFileFault; line: number; detail: string };

  constructor({ reason, line, detail }: RateFileRefused['data']) {
    super({ reason, line, detail: detail.slice(0, 200) });
  }
}

/** The proposed rate has been confirmed or rejected meanwhile. */
export class RateAlreadyDecided extends Refusal {
  readonly key = 'rate_already_decided';
}

/** The balance does not cover the amount; `data.missing` is a Money. */
export class InsufficientBalance extends Refusal {
  readonly key = 'insufficient_balance';
}

/** Required profile fields are empty; `data.fields` lists them (rule P1). */
export class ProfileIncomplete extends Refusal {
  readonly key = 'profile_incomplete';
}

/** The invoice is paid or cancelled already. */
export class InvoiceNotUnpaid extends Refusal {
  readonly key = 'invoice_not_unpaid';
}

/** A top-up cannot be paid from the balance it fills. */
export class TopUpFromBalance extends Refusal {
  readonly key = 'top_up_from_balance';
}

/** No such way of paying, or not for this invoice. */
export class UnknownPaymentMethod extends Refusal {
  readonly key = 'unknown_payment_method';
}

/** The order is not in a state in which this can be done. */
export class OrderStateRefused extends Refusal {
  readonly key = 'order_state_refused';
}

/** The plan has a smaller disk, and whoever asked for it has not said that this is meant; `data.disk` is what it has. */
export class SmallerDisk extends Refusal {
  readonly key = 'smaller_disk';
}

/** The order has these options already: the form was sent twice, or is an old one. */
export class OptionsAlreadyAdded extends Refusal {
  readonly key = 'options_already_added';
}

/** Somebody has written to support `data.most` times within an hour. */
export class TooManyMessages extends Refusal {
  readonly key = 'too_many_messages';
}

/** Something of this kind has the code `data.code` already. */
export class CodeTaken extends Refusal {
  readonly key = 'code_taken';
}

/** The stock of a plan is `data.stock` now: somebody has ordered, or other staff have changed it. */
export class StockChanged extends Refusal {
  readonly key = 'stock_changed';
}

/** None of the prices that were saved differs from what it would be anyway. */
export class NoPriceChanged extends Refusal {
  readonly key = 'no_price_changed';
}

/** The plan has other prices from `data.day` on: they come first, or are withdrawn. */
export class PriceChangeWaits extends Refusal {
  readonly key = 'price_change_waits';
}

/** The plan is sold out. */
export class PlanSoldOut extends Refusal {
  readonly key = 'plan_sold_out';
}

/** In the location no address is free for the plan `data.plan`. */
export class LocationSoldOut extends Refusal {
  readonly key = 'location_sold_out';
}

/** In the order's location no network has a free address to give. */
export class NoFreeAddress extends Refusal {
  readonly key = 'no_free_address';
}

/** The network shares addresses with `data.other`, which is there already. */
export class NetworkOverlaps extends Refusal {
  readonly key = 'network_overlaps';
}

/** Servers have addresses of the network. */
export class NetworkInUse extends Refusal {
  readonly key = 'network_in_use';
}

/** Line `data.line` of a file of networks cannot be read: `data.reason` is a key in `errors.network_file`. */
export class NetworkFileRefused extends Refusal {
  readonly key = 'network_file_refused';
}

/** Nobody is said to sell: nothing can be invoiced. */
export class NoSeller extends Refusal {
  readonly key = 'no_seller';
}

/** Who sells from `data.day` on is said already, and that day is past. */
export class SellerDayTaken extends Refusal {
  readonly key = 'seller_day_taken';
}

/** Nothing is ordered or paid for now. */
export class UnderMaintenance extends Refusal {
  readonly key = 'under_maintenance';
  override readonly status = 503;
}

/** This form placed an order before it was changed. */
export class AlreadyPlaced extends Refusal {
  readonly key = 'already_placed';
}

/** The order that this form placed was cancelled since; sending the form once more places a new order. */
export class PlacedOrderCancelled extends Refusal {
  readonly key = 'placed_order_cancelled';
}

/** Accounts are kept in this currency. */
export class CurrencyInUse extends Refusal {
  readonly key = 'currency_in_use';
}

/** The price is no longer the one that was shown; `data.total` is today's. */
export class PriceChanged extends Refusal {
  readonly key = 'price_changed';
}

/** Another server has this address. */
export class AddressTaken extends Refusal {
  readonly key = 'address_taken';
}

/** The address is of a network in another location than the server. */
export class AddressElsewhere extends Refusal {
  readonly key = 'address_elsewhere';
}

/** An address that no server can have as its own. */
export class AddressUnusable extends Refusal {
  readonly key = 'address_unusable';
}

/** Another request changed the same rows meanwhile; trying again shows their present state. */
export class SomethingChanged extends Refusal {
  readonly key = 'something_changed';
}

/** The order is paid for longer than when its renewal was asked for: the form was sent twice, or is an old one. */
export class RenewedMeanwhile extends Refusal {
  readonly key = 'renewed_meanwhile';
}

/** The order has ended, or was renewed otherwise, since the invoice was issued; its invoice cannot take effect. */
export class NothingToPayFor extends Refusal {
  readonly key = 'nothing_to_pay_for';
}

/** A renewal and a plan change of one order cannot be paid together: the change replaces the renewal. */
export class RenewalReplaced extends Refusal {
  readonly key = 'renewal_replaced';
}

/** The billing calendar is not run for days to come; `data.day` is the one that was asked for. */
export class DayStillToCome extends Refusal {
  readonly key = 'day_still_to_come';
}

/** More than fits into one document; `data.count` and `data.limit` say how much. */
export class PeriodTooLong extends Refusal {
  readonly key = 'period_too_long';
}

/**
 * A captured amount has no value here: finer than its minor unit, worth less than one of the account's, or more than
 * the books hold.
 */
export class CannotValue extends Refusal {
  readonly key = 'cannot_value';
}

/** The webhook's signature, age or body is not what the gateway would send. */
export class WebhookRefused extends Refusal {
  readonly key = 'webhook_refused';
  override readonly status = 400;
}

/**
 * Less than the least or more than the most that can be topped up at once; `data.min` and `data.max` are Money (rule
 * T3).
 */
export class TopUpOutOfLimits extends Refusal {
  readonly key = 'top_up_out_of_limits';
}
