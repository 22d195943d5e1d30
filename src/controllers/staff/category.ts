import { NotFound, type Refusal } from '../../domain/errors.ts';
import { getCategoryPosition } from '../../domain/catalog/category-queries.ts';
import { type Category, FIELD_KINDS, PROVISIONING } from '../../domain/catalog/category.ts';
import { type CategoryDraft, changeCategory, createCategory } from '../../domain/catalog/save-category.ts';
import { setFlash } from '../../web/flash.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import {
  choiceField,
  type FieldReader,
  lineField,
  newCodeField,
  readForm,
  type ReadForm,
  shownFields,
  summaryOf,
  tickField,
  type TypedForm,
  untouched,
  wholeField,
} from '../../web/typed-form.ts';
import { z } from 'zod';

/** Lines for fields that are not there yet. */
const EMPTY_LINES = 2;
const MOST_LINES = 12;

/** "1, 3, 6, 12": the months, each once, the shortest first. */
const periodsField: FieldReader<number[]> = (typed) => {
  const parts = typed.split(/[\s,;]+/).filter(Boolean);
  const months = parts.map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 0));
  if (months.length === 0 || months.some((each) => each < 1 || each > 120)) return { fault: { key: 'periods' } };
  return { value: [...new Set(months)].toSorted((a, b) => a - b) };
};

/** How a value is written in a line: with `{value}` in it; nothing: the value alone. */
const patternField: FieldReader<string> = (typed) => {
  if (typed === '') return { value: '{value}' };
  const read = lineField(60)(typed);
  return read.fault || read.value.includes('{value}') ? read : { fault: { key: 'pattern' } };
};

const READERS = {
  code: newCodeField,
  name_en: lineField(40),
  name_ru: lineField(40),
  about_en: lineField(160, { required: false }),
  about_ru: lineField(160, { required: false }),
  position: wholeField(0, 9999),
  active: tickField,
  provisioning: choiceField(PROVISIONING),
  invoice_days: wholeField(2, 60),
  remind_days: wholeField(0, 59),
  due_days: wholeField(1, 60),
  grace_days: wholeField(0, 90),
  suspended_days: wholeField(1, 365),
  periods: periodsField,
};

const LINE_READERS = {
  code: newCodeField,
  name_en: lineField(40),
  name_ru: lineField(40),
  kind: choiceField(FIELD_KINDS),
  pattern_en: patternField,
  pattern_ru: patternField,
};
const LINE_FIELDS = Object.keys(LINE_READERS) as (keyof typeof LINE_READERS)[];

const Sent = z.record(z.string(), z.unknown());

/** A category as it was typed. */
interface SentCategory {
  main: TypedForm<keyof typeof READERS>;
  /** Of the specification, a line for each field that there is or is to be. */
  lines: TypedForm<keyof typeof LINE_READERS>[];
  draft: CategoryDraft | null;
}

export async function showNewCategory(context: StaffRequest) {
  const refused = refusedForm(context.req, '/staff/categories', Sent);
  await renderCategory(
    context,
    null,
    refused ? readCategory(refused.typed) : emptyCategory(),
    refused?.refusal ?? null,
  );
}

export async function showCategory(context: StaffRequest) {
  const category = await categoryOf(context);
  const refused = refusedForm(context.req, '/staff/categories/:code', Sent);
  const position = await getCategoryPosition(context.db, category.code);
  const sent = refused ? readCategory({ ...refused.typed, code: category.code }) : typedCategory(category, position);
  await renderCategory(context, category, sent, refused?.refusal ?? null);
}

export async function submitNewCategory(context: StaffRequest) {
  const { req, db, clock, viewer } = context;
  const sent = readCategory(req.body);
  if (!sent.draft) return renderCategory(context, null, sent, null, 422);
  const { draft } = sent;
  try {
    await createCategory(db, clock, { by: viewer.userId, draft });
  } catch (error) {
    return renderCategory(context, null, sent, refusalToShow(error), 422);
  }
  saved(context, 'staff.categories.flash.created', draft);
}

export async function submitCategory(context: StaffRequest) {
  const { req, db, clock, viewer } = context;
  const category = await categoryOf(context);
  const sent = readCategory({ ...(req.body as object), code: category.code });
  if (!sent.draft) return renderCategory(context, category, sent, null, 422);
  await changeCategory(db, clock, { by: viewer.userId, draft: sent.draft });
  saved(context, 'staff.categories.flash.changed', sent.draft);
}

function saved(
  { req, res, t, locale }: StaffRequest,
  words: 'staff.categories.flash.created' | 'staff.categories.flash.changed',
  { names, code }: CategoryDraft,
) {
  setFlash(req, 'success', t(words, { name: names[locale] ?? code }));
  res.redirect(303, '/staff/categories');
}

/** @throws {NotFound} */
async function categoryOf({ req, catalog }: StaffRequest): Promise<Category> {
  const category = (await catalog.current()).find(String(req.params['code']));
  if (!category) throw new NotFound();
  return category;
}

const lineName = (index: number, field: string) => `field_${index}_${field}`;

function readCategory(body: unknown): SentCategory {
  const sent = (body ?? {}) as Record<string, unknown>;
  const invoiceDays = READERS.invoice_days(typeof sent['invoice_days'] === 'string' ? sent['invoice_days'].trim() : '');
  // The second reminder comes after the first, which goes out with the invoice.
  const remind_days = invoiceDays.fault ? READERS.remind_days : wholeField(0, invoiceDays.value - 1);
  const main = readForm(sent, { ...READERS, remind_days });
  const lines = Array.from({ length: MOST_LINES }, (_, index) =>
    Object.fromEntries(LINE_FIELDS.map((field) => [field, sent[lineName(index, field)]])),
  )
    // A line in which only the kind is chosen has not been filled in.
    .filter((line) => LINE_FIELDS.some((field) => field !== 'kind' && typeof line[field] === 'string' && line[field]))
    .map((line) => readForm(line, LINE_READERS));
  return { main, lines, draft: draftOf(main, lines) };
}

function draftOf({ values }: ReadForm<typeof READERS>, lines: ReadForm<typeof LINE_READERS>[]): CategoryDraft | null {
  const fields = lines.map((line) => line.values);
  if (!values || !fields.every((field) => field !== null)) return null;
  return {
    code: values.code,
    names: { en: values.name_en, ru: values.name_ru },
    descriptions: { en: values.about_en, ru: values.about_ru },
    position: values.position,
    active: values.active,
    provisioning: values.provisioning,
    invoiceDays: values.invoice_days,
    remindDays: values.remind_days,
    dueDays: values.due_days,
    graceDays: values.grace_days,
    suspendedDays: values.suspended_days,
    periods: values.periods,
    // Of two lines with one code the first counts.
    fields: fields
      .filter(({ code }, index) => fields.findIndex((other) => other.code === code) === index)
      .map(({ code, name_en, name_ru, kind, pattern_en, pattern_ru }) => ({
        code,
        names: { en: name_en, ru: name_ru },
        kind,
        patterns: { en: pattern_en, ru: pattern_ru },
      })),
  };
}

const emptyCategory = (): SentCategory => ({
  main: untouched({
    code: '',
    name_en: '',
    name_ru: '',
    about_en: '',
    about_ru: '',
    position: '0',
    active: '1',
    provisioning: 'by_hand',
    invoice_days: '5',
    remind_days: '1',
    due_days: '7',
    grace_days: '3',
    suspended_days: '14',
    periods: '1, 3, 6, 12',
  }),
  lines: [],
  draft: null,
});

const typedCategory = (category: Category, position: number): SentCategory => ({
  main: untouched({
    code: category.code,
    name_en: category.names['en'] ?? '',
    name_ru: category.names['ru'] ?? '',
    about_en: category.descriptions['en'] ?? '',
    about_ru: category.descriptions['ru'] ?? '',
    position: String(position),
    active: category.active ? '1' : '',
    provisioning: category.provisioning,
    invoice_days: String(category.invoiceDays),
    remind_days: String(category.remindDays),
    due_days: String(category.dueDays),
    grace_days: String(category.graceDays),
    suspended_days: String(category.suspendedDays),
    periods: category.periods.join(', '),
  }),
  lines: category.fields.map(({ code, names, kind, patterns }) =>
    untouched({
      code,
      name_en: names['en'] ?? '',
      name_ru: names['ru'] ?? '',
      kind,
      pattern_en: patterns['en'] ?? '',
      pattern_ru: patterns['ru'] ?? '',
    }),
  ),
  draft: null,
});

async function renderCategory(
  context: StaffRequest,
  category: Category | null,
  sent: SentCategory,
  refusal: Refusal | null,
  status = 200,
) {
  await renderPage(context, 'staff/category', categoryPage(context, category, sent, refusal), { status });
}

function categoryPage(
  { t, locale }: StaffRequest,
  category: Category | null,
  { main, lines }: SentCategory,
  refusal: Refusal | null,
) {
  const fields = shownFields(
    main,
    {
      code: t('staff.catalog.code'),
      name_en: t('staff.catalog.name_in', { language: 'English' }),
      name_ru: t('staff.catalog.name_in', { language: 'Русский' }),
      about_en: t('staff.categories.about_in', { language: 'English' }),
      about_ru: t('staff.categories.about_in', { language: 'Русский' }),
      position: t('staff.catalog.position'),
      active: t('staff.categories.active'),
      provisioning: t('staff.categories.provisioning'),
      invoice_days: t('staff.categories.invoice_days'),
      remind_days: t('staff.categories.remind_days'),
      due_days: t('staff.categories.due_days'),
      grace_days: t('staff.categories.grace_days'),
      suspended_days: t('staff.categories.suspended_days'),
      periods: t('staff.categories.periods'),
    },
    t,
  );
  const empty = { code: '', name_en: '', name_ru: '', kind: 'text', pattern_en: '', pattern_ru: '' };
  const shown = [...lines, ...Array.from({ length: EMPTY_LINES }, () => untouched(empty))].slice(0, MOST_LINES);
  const specification = shown.map((line, index) => {
    const ofLine = shownFields(
      line,
      {
        code: t('staff.catalog.code'),
        name_en: t('staff.catalog.name_in', { language: 'English' }),
        name_ru: t('staff.catalog.name_in', { language: 'Русский' }),
        kind: t('staff.categories.field_kind'),
        pattern_en: t('staff.categories.pattern_in', { language: 'English' }),
        pattern_ru: t('staff.categories.pattern_in', { language: 'Русский' }),
      },
      t,
    );
    for (const field of LINE_FIELDS) ofLine[field].name = lineName(index, field);
    return ofLine;
  });
  return {
    title: category ? (category.names[locale] ?? category.code) : t('staff.categories.new'),
    category,
    refusal,
    fields,
    specification,
    ways: PROVISIONING.map((way) => ({ value: way, label: t(`staff.categories.provisioned.${way}`) })),
    kinds: FIELD_KINDS.map((kind) => ({ value: kind, label: t(`staff.categories.kind.${kind}`) })),
    errors: [...summaryOf(fields), ...specification.flatMap((line) => summaryOf(line))],
  };
}
export type CategoryPage = PageOf<typeof categoryPage>;
