import type { Day } from '../../platform/clock.ts';
import type { Money } from '../../domain/money/money.ts';
import type { IconName } from '../assets/icon-sprite.ts';
import type { Flash } from '../flash.ts';
import type { Attributes, SafeHtml } from './html.ts';

/** What every labelled field is given; its id is its name. */
export interface FieldArguments {
  name: string;
  label: string | SafeHtml;
  hint?: string;
  /** What is wrong with what was typed. */
  error?: string | false | null;
  /** Further attributes of the field itself. */
  attributes?: Attributes;
}

export interface SelectOption {
  value: string | number;
  label: string | number;
  attributes?: Attributes;
}

/** A box or a radio button. */
export interface CheckArguments {
  type: 'checkbox' | 'radio';
  name: string;
  value?: string | number;
  checked: boolean;
  label: string | SafeHtml;
  attributes?: Attributes;
}

/** A field's further attributes, and those that tie its hint and its error to it. */
export function fieldAttributes({ name, hint, error, attributes }: FieldArguments): Attributes {
  const describedBy = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(' ');
  return { ...attributes, ...(error && { 'aria-invalid': 'true' }), 'aria-describedby': describedBy };
}

export type AlertTone = 'info' | 'warn' | 'bad';

const ALERTS: Record<AlertTone, { symbol: IconName; role: string }> = {
  info: { symbol: 'info', role: 'note' },
  warn: { symbol: 'triangle-alert', role: 'note' },
  bad: { symbol: 'circle-alert', role: 'alert' },
};

/** The icon and the role of a message in a box. */
export const alertTone = (tone: AlertTone) => ALERTS[tone];

const FLASHES: Record<Flash['kind'], IconName> = { success: 'circle-check', error: 'circle-alert', info: 'info' };

export const flashIcon = (kind: Flash['kind']) => FLASHES[kind];

/** A label and its value beside it. */
export interface Fact {
  label: string;
  value: string | number | SafeHtml;
  /** Of the value. */
  className?: string;
  attributes?: Attributes;
  /** Of label and value. */
  rowAttributes?: Attributes;
}

/** A price in another currency. */
export interface PriceEquivalent {
  currency: string;
  money: Money;
  rateDate: Day;
  attributes?: Attributes;
}
