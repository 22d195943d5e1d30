import { z } from 'zod';
import type { Refusal } from '../../domain/errors.ts';
import type { Category } from '../../domain/catalog/category.ts';
import { getOption, type ListedOption } from '../../domain/catalog/option-queries.ts';
import { changeOption, createOption, type OptionDraft } from '../../domain/catalog/save-option.ts';
import { typedAmount } from '../../domain/money/format-money.ts';
import type { Money } from '../../domain/money/money.ts';
import { type AmountProblem, parseAmount } from '../../domain/money/parse-amount.ts';
import { setFlash } from '../../web/flash.ts';
import { parseId } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import {
  choiceField,
  dayFrom,
  lineField,
  newCodeField,
  readForm,
  shownFields,
  summaryOf,
  tickField,
  type TypedForm,
  untouched,
  wholeField,
} from '../../web/typed-form.ts';

type FieldName = 'category' | 'code' | 'name_en' | 'name_ru' | 'position' | 'active' | 'valid_from';

const Sent = z.record(z.string(), z.unknown());

/** An option as it was typed. */
interface SentOption {
  main: TypedForm<FieldName>;
  /** By currency. */
  amounts: Record<string, string>;
  problems: Record<string, AmountProblem>;
  draft: OptionDraft | null;
  category: string;
  code: string;
}

export async function showNewOption(context: StaffRequest) {
  const { req, clock } = context;
  const refused = refusedForm(req, '/staff/options', Sent);
  const asked = typeof req.query['category'] === 'string' ? req.query['category'] : '';
  const empty: SentOption = {
    main: untouched({
      category: asked,
      code: '',
      name_en: '',
      name_ru: '',
      position: '0',
      active: '1',
      valid_from: clock.today(),
    }),
    amounts: {},
    problems: {},
    draft: null,
    category: asked,
    code: '',
  };
  const sent = refused ? await readOption(context, refused.typed) : empty;
  await renderOption(context, { option: null, sent, refusal: refused?.refusal ?? null });
}

export async function submitNewOption(context: StaffRequest) {
  const { req, res, db, clock, viewer, t, locale } = context;
  const sent = await readOption(context, req.body);
  const { draft, code, category } = sent;
  if (!draft) return renderOption(context, { option: null, sent, status: 422 });
  try {
    await createOption(db, clock, { by: viewer.userId, code, category, draft });
  } catch (error) {
    return renderOption(context, { option: null, sent, refusal: refusalToShow(error), status: 422 });
  }
  setFlash(req, 'success', t('staff.options.flash.created', { name: draft.names[locale] ?? code }));
  res.redirect(303, '/staff/options');
}

export async function showOptionForm(context: StaffRequest) {
  const { req, db, clock } = context;
  const option = await getOption(db, parseId(req.params['id']), clock.today());
  const refused = refusedForm(req, '/staff/options/:id', Sent);
  const sent = refused
    ? await readOption(context, { ...refused.typed, ...fixed(option) })
    : await typedOption(context, option);
  await renderOption(context, { option, sent, refusal: refused?.refusal ?? null });
}

export async function submitOption(context: StaffRequest) {
  const { req, res, db, clock, viewer, t, locale } = context;
  const option = await getOption(db, parseId(req.params['id']), clock.today());
  const sent = await readOption(context, { ...(req.body as object), ...fixed(option) });
  const { draft } = sent;
  if (!draft) return renderOption(context, { option, sent, status: 422 });
  await changeOption(db, clock, { by: viewer.userId, id: option.id, draft });
  setFlash(req, 'success', t('staff.options.flash.changed', { name: draft.names[locale] ?? option.code }));
  res.redirect(303, '/staff/options');
}

/** What stays as it was made. */
const fixed = ({ code, category }: ListedOption) => ({ code, category });

async function readOption(context: StaffRequest, body: unknown): Promise<SentOption> {
  const { clock, rates, catalog, locale } = context;
  const sent = (body ?? {}) as Record<string, unknown>;
  const [{ currencies }, { all }] = await Promise.all([rates.current(), catalog.current()]);
  const { dayText } = await context.helpers();
  const today = clock.today();
  const main = readForm(sent, {
    category: choiceField(all.map(({ code }) => code)),
    code: newCodeField,
    name_en: lineField(60),
    name_ru: lineField(60),
    position: wholeField(0, 9999),
    active: tickField,
    valid_from: dayFrom(today, dayText(today)),
  });
  const amounts: Record<string, string> = {};
  const problems: Record<string, AmountProblem> = {};
  const monthly = new Map<string, Money | null>();
  for (const currency of currencies.priced) {
    const value = sent[`price_${currency.code}`];
    const typed = typeof value === 'string' ? value.trim().slice(0, 40) : '';
    amounts[currency.code] = typed;
    if (typed === '') {
      monthly.set(currency.code, null);
      continue;
    }
    const read = parseAmount(typed, currency, locale);
    if (read.money) monthly.set(currency.code, read.money);
    else problems[currency.code] = read.problem;
  }
  const { values } = main;
  const draft: OptionDraft | null =
    values && Object.keys(problems).length === 0
      ? {
          names: { en: values.name_en, ru: values.name_ru },
          position: values.position,
          active: values.active,
          monthly,
          validFrom: values.valid_from,
        }
      : null;
  return { main, amounts, problems, draft, category: main.typed.category, code: main.typed.code };
}

async function typedOption({ rates, clock, locale }: StaffRequest, option: ListedOption): Promise<SentOption> {
  const { currencies } = await rates.current();
  const amounts = [...option.monthly].map(([code, price]) => [code, typedAmount(price, currencies.get(code), locale)]);
  return {
    main: untouched({
      category: option.category,
      code: option.code,
      name_en: option.names['en'] ?? '',
      name_ru: option.names['ru'] ?? '',
      position: String(option.position),
      active: option.active ? '1' : '',
      valid_from: clock.today(),
    }),
    amounts: Object.fromEntries(amounts) as Record<string, string>,
    problems: {},
    draft: null,
    category: option.category,
    code: option.code,
  };
}

interface ShownOption {
  option: ListedOption | null;
  sent: SentOption;
  refusal?: Refusal | null;
  status?: number;
}

async function renderOption(context: StaffRequest, shown: ShownOption) {
  await renderPage(context, 'staff/option', await optionPage(context, shown), { status: shown.status ?? 200 });
}

async function optionPage(context: StaffRequest, { option, sent, refusal = null }: ShownOption) {
  const { rates, catalog, t, locale } = context;
  const [{ currencies }, { all }] = await Promise.all([rates.current(), catalog.current()]);
  const fields = shownFields(
    sent.main,
    {
      category: t('staff.categories.one'),
      code: t('staff.catalog.code'),
      name_en: t('staff.catalog.name_in', { language: 'English' }),
      name_ru: t('staff.catalog.name_in', { language: 'Русский' }),
      position: t('staff.catalog.position'),
      active: t('staff.options.active'),
      valid_from: t('staff.prices.valid_from'),
    },
    t,
  );
  const prices = currencies.priced.map(({ code }) => {
    const problem = sent.problems[code];
    return {
      name: `price_${code}`,
      label: t('staff.options.monthly_in', { currency: code }),
      value: sent.amounts[code] ?? '',
      error: problem ? t(`errors.amount.${problem}`) : null,
    };
  });
  return {
    title: option ? (option.names[locale] ?? option.code) : t('staff.options.new'),
    option,
    categories: all.map((category: Category) => ({
      value: category.code,
      label: category.names[locale] ?? category.code,
    })),
    fields,
    prices,
    refusal,
    errors: [...summaryOf(fields), ...summaryOf(Object.fromEntries(prices.map((price) => [price.name, price])))],
  };
}
export type OptionPage = PageOf<typeof optionPage>;
