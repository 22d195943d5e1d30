import { type Day, isDay } from '../platform/clock.ts';
import type { Translate } from '../platform/i18n/i18n.ts';
import { codeField, text } from './parse-request.ts';

/** Why something typed cannot be kept: each is a sentence in `errors.field.<key>`. */
export type FieldFaultKey =
  | 'required'
  | 'too_long'
  | 'invalid'
  | 'code'
  | 'whole_number'
  | 'day'
  | 'day_from'
  | 'choice'
  | 'reason'
  | 'periods'
  | 'pattern'
  | 'network'
  | 'gateway'
  | 'ip'
  | 'ranges'
  | 'gap';

interface FieldFault {
  key: FieldFaultKey;
  /** What fills the gaps of the sentence. */
  data?: Record<string, string | number>;
}

type Read<T> = { value: T; fault?: undefined } | { fault: FieldFault };

/** Reads what was typed into a field, trimmed. */
export type FieldReader<T> = (typed: string) => Read<T>;

type Readers = Record<string, FieldReader<unknown>>;
type ValueOf<R> = R extends FieldReader<infer T> ? T : never;

/** A form as it was sent. */
export interface TypedForm<Name extends string = string> {
  /** As typed, for showing the form again. */
  typed: Record<Name, string>;
  faults: Partial<Record<Name, FieldFault>>;
}

export interface ReadForm<R extends Readers> extends TypedForm<keyof R & string> {
  /** Null while something is wrong. */
  values: { [Name in keyof R]: ValueOf<R[Name]> } | null;
}

/** Reads the fields of a form; one that was not sent counts as empty. */
export function readForm<R extends Readers>(body: unknown, readers: R): ReadForm<R> {
  const sent = (body ?? {}) as Record<string, unknown>;
  const form = { typed: {}, faults: {} } as TypedForm<keyof R & string>;
  const values: Record<string, unknown> = {};
  for (const [name, reader] of Object.entries(readers) as [keyof R & string, FieldReader<unknown>][]) {
    const value = sent[name];
    const typed = typeof value === 'string' ? value.trim() : '';
    form.typed[name] = typed;
    const read = reader(typed);
    if (read.fault) form.faults[name] = read.fault;
    else values[name] = read.value;
  }
  const isRight = Object.keys(form.faults).length === 0;
  return { ...form, values: isRight ? (values as ReadForm<R>['values']) : null };
}

/** One line of text. */
export const lineField =
  (max: number, { required = true } = {}): FieldReader<string> =>
  (typed) => {
    if (typed === '') return required ? { fault: { key: 'required' } } : { value: '' };
    const read = text(max).safeParse(typed);
    if (read.success) return { value: read.data };
    return { fault: { key: typed.length > max ? 'too_long' : 'invalid' } };
  };

/** Text of several lines. */
export const textField =
  (max: number): FieldReader<string> =>
  (typed) =>
    typed.length > max ? { fault: { key: 'too_long' } } : { value: typed.replaceAll('\r\n', '\n') };

/** What pages and addresses name something by. */
export const newCodeField: FieldReader<string> = (typed) => {
  if (typed === '') return { fault: { key: 'required' } };
  return codeField.safeParse(typed).success && typed.length <= 40 ? { value: typed } : { fault: { key: 'code' } };
};

export const wholeField =
  (min: number, max: number): FieldReader<number> =>
  (typed) => {
    const value = /^\d{1,9}$/.test(typed) ? Number(typed) : Number.NaN;
    return value >= min && value <= max ? { value } : { fault: { key: 'whole_number', data: { min, max } } };
  };

/** Null where nothing was typed. */
export const optional =
  <T>(reader: FieldReader<T>): FieldReader<T | null> =>
  (typed) =>
    typed === '' ? { value: null } : reader(typed);

export const choiceField =
  <const C extends string>(choices: readonly C[]): FieldReader<C> =>
  (typed) => {
    const value = choices.find((choice) => choice === typed);
    return value === undefined ? { fault: { key: 'choice' } } : { value };
  };

/** A box that is ticked or not. */
export const tickField: FieldReader<boolean> = (typed) => ({ value: typed !== '' });

/** A day not before another one. */
export const dayFrom =
  (first: Day, firstText: string): FieldReader<Day> =>
  (typed) => {
    if (!isDay(typed)) return { fault: { key: 'day' } };
    return typed >= first ? { value: typed } : { fault: { key: 'day_from', data: { first: firstText } } };
  };

/** Why something is done; demanded. */
export const reasonField: FieldReader<string> = (typed) => {
  const read = lineField(500)(typed);
  return read.fault ? { fault: { key: 'reason' } } : read;
};

/** A field as its component takes it. */
export interface ShownField {
  name: string;
  label: string;
  value: string;
  error: string | null;
}

/** The fields of a form with their labels, what stands in them and what is wrong with it. */
export function shownFields<Name extends string>(
  { typed, faults }: TypedForm<Name>,
  labels: Record<Name, string>,
  t: Translate,
): Record<Name, ShownField> {
  const shown = {} as Record<Name, ShownField>;
  for (const name of Object.keys(labels) as Name[]) {
    const fault = faults[name];
    shown[name] = {
      name,
      label: labels[name],
      value: typed[name] ?? '',
      error: fault ? t(`errors.field.${fault.key}`, fault.data ?? {}) : null,
    };
  }
  return shown;
}

/** What is wrong in a form, for the summary above it. */
export const summaryOf = (fields: Record<string, ShownField>): { href: string; text: string }[] =>
  Object.values(fields).flatMap(({ name, label, error }) =>
    error === null ? [] : [{ href: `#${name}`, text: `${label}: ${error}` }],
  );

/** A form that nobody has sent yet. */
export const untouched = <Name extends string>(typed: Record<Name, string>): TypedForm<Name> => ({ typed, faults: {} });
