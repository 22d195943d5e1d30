import { z } from 'zod';
import { NotFound, type Refusal } from '../../domain/errors.ts';
import type { Category, SpecificationField } from '../../domain/catalog/category.ts';
import { getEditedPlan, listLocations } from '../../domain/catalog/edited-plan-queries.ts';
import type { EditedPlan, PlanDraft } from '../../domain/catalog/edited-plan.ts';
import { changePlanDetails, createPlan } from '../../domain/catalog/save-plan.ts';
import type { Specification } from '../../domain/catalog/plan.ts';
import { setFlash } from '../../web/flash.ts';
import { parseId } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import {
  type FieldReader,
  lineField,
  newCodeField,
  optional,
  readForm,
  shownFields,
  summaryOf,
  textField,
  tickField,
  type TypedForm,
  untouched,
  wholeField,
} from '../../web/typed-form.ts';

/** What `howToConnect` fills in. */
const GAPS = ['{{ip}}', '{{hostname}}'];

const connectField: FieldReader<string> = (typed) => {
  const unknown = typed.match(/\{\{[^}]*\}\}/g)?.find((gap) => !GAPS.includes(gap));
  return unknown ? { fault: { key: 'gap', data: { gap: unknown, known: GAPS.join(', ') } } } : textField(1000)(typed);
};

const READERS = {
  name: lineField(60),
  code: newCodeField,
  position: wholeField(0, 9999),
  stock: optional(wholeField(0, 999_999)),
  active: tickField,
  hidden: tickField,
  refunds_unused: tickField,
  connect_en: connectField,
  connect_ru: connectField,
};
type FieldName = keyof typeof READERS;

const Sent = z.record(z.string(), z.unknown());

/** A plan as it was typed. */
interface SentPlan {
  main: TypedForm<FieldName>;
  /** By the fields of its category. */
  specification: TypedForm;
  locations: number[];
  /** Nothing was ticked. */
  noLocation: boolean;
  /** What the form showed as left. */
  stockBefore: number | null;
  draft: PlanDraft | null;
  code: string;
}

/** The form of a new plan of a category: the first one, unless another is asked for. */
export async function showNewPlan(context: StaffRequest) {
  const { req } = context;
  const refused = refusedForm(req, '/staff/plans', Sent);
  const { all } = await context.catalog.current();
  const asked = refused?.typed['category'] ?? req.query['category'];
  const category = all.find(({ code }) => code === asked) ?? all[0];
  if (!category) return context.res.redirect(303, '/staff/categories/new');
  const sent = refused ? readPlan(refused.typed, category) : emptyPlan();
  await renderPlan(context, { plan: null, category, sent, refusal: refused?.refusal ?? null });
}

export async function submitNewPlan(context: StaffRequest) {
  const { req, res, db, clock, viewer, t } = context;
  const asked = String((req.body as Record<string, unknown> | undefined)?.['category']);
  const category = (await context.catalog.current()).get(asked);
  const sent = readPlan(req.body, category);
  const { draft, code } = sent;
  if (!draft) return renderPlan(context, { plan: null, category, sent, status: 422 });
  try {
    const id = await createPlan(db, clock, { by: viewer.userId, code, category: category.code, draft });
    setFlash(req, 'success', t('staff.plans.flash.created', { name: draft.name }));
    res.redirect(303, `/staff/plans/${id}/prices`);
  } catch (error) {
    await renderPlan(context, { plan: null, category, sent, refusal: refusalToShow(error), status: 422 });
  }
}

export async function showStaffPlan(context: StaffRequest) {
  const { plan, category } = await planOf(context);
  const refused = refusedForm(context.req, '/staff/plans/:id', Sent);
  const sent = refused ? readPlan({ ...refused.typed, code: plan.code }, category) : typedPlan(plan);
  await renderPlan(context, { plan, category, sent, refusal: refused?.refusal ?? null });
}

export async function submitPlan(context: StaffRequest) {
  const { req, res, db, clock, viewer, t } = context;
  const { plan, category } = await planOf(context);
  const sent = readPlan({ ...(req.body as object), code: plan.code }, category);
  const { draft, stockBefore } = sent;
  if (!draft) return renderPlan(context, { plan, category, sent, status: 422 });
  try {
    await changePlanDetails(db, clock, { by: viewer.userId, id: plan.id, draft, stockBefore });
  } catch (error) {
    return renderPlan(context, { plan, category, sent, refusal: refusalToShow(error), status: 422 });
  }
  setFlash(req, 'success', t('staff.plans.flash.changed', { name: draft.name }));
  res.redirect(303, `/staff/plans/${plan.id}`);
}

/** @throws {NotFound} */
async function planOf({ req, db, catalog }: StaffRequest): Promise<{ plan: EditedPlan; category: Category }> {
  const plan = await getEditedPlan(db, parseId(req.params['id']));
  const category = (await catalog.current()).find(plan.category);
  if (!category) throw new NotFound();
  return { plan, category };
}

const inputOf = ({ code }: SpecificationField) => `spec_${code}`;

/** A number where the field is one: "8", "7.5". */
const numberField: FieldReader<number | string> = (typed) =>
  typed === '' || /^\d{1,9}(\.\d{1,3})?$/.test(typed)
    ? { value: typed === '' ? '' : Number(typed) }
    : { fault: { key: 'invalid' } };

function readPlan(body: unknown, { fields }: Category): SentPlan {
  const sent = (body ?? {}) as Record<string, unknown>;
  const main = readForm(sent, READERS);
  const specification = readForm(
    sent,
    Object.fromEntries(
      fields.map((field): [string, FieldReader<string | number>] => [
        inputOf(field),
        field.kind === 'number' ? numberField : lineField(60, { required: false }),
      ]),
    ),
  );
  const locations = [sent['location']]
    .flat()
    .filter((value) => typeof value === 'string' && /^[1-9]\d{0,14}$/.test(value))
    .map(Number);
  const noLocation = locations.length === 0;
  const stockBefore = readForm(sent, { stock_before: READERS.stock }).values?.stock_before ?? null;
  const { values } = main;
  const described = specification.values;
  const draft: PlanDraft | null =
    values && described && !noLocation
      ? {
          name: values.name,
          specification: valuesOf(fields, described),
          locations,
          position: values.position,
          active: values.active,
          hidden: values.hidden,
          stock: values.stock,
          refundsUnused: values.refunds_unused,
          // Both languages, or the portal's own words.
          howToConnect:
            values.connect_en || values.connect_ru
              ? { en: values.connect_en || values.connect_ru, ru: values.connect_ru || values.connect_en }
              : null,
        }
      : null;
  return { main, specification, locations, noLocation, stockBefore, draft, code: values?.code ?? '' };
}

const valuesOf = (fields: SpecificationField[], typed: Record<string, string | number>): Specification =>
  Object.fromEntries(
    fields
      .map((field): [string, string | number] => [field.code, typed[inputOf(field)] ?? ''])
      .filter(([, value]) => value !== ''),
  );

const emptyPlan = (): SentPlan => ({
  main: untouched({
    name: '',
    code: '',
    position: '0',
    stock: '',
    active: '1',
    hidden: '',
    refunds_unused: '',
    connect_en: '',
    connect_ru: '',
  }),
  specification: untouched({}),
  locations: [],
  noLocation: false,
  stockBefore: null,
  draft: null,
  code: '',
});

const typedPlan = (plan: EditedPlan): SentPlan => ({
  main: untouched({
    name: plan.name,
    code: plan.code,
    position: String(plan.position),
    stock: plan.stock === null ? '' : String(plan.stock),
    active: plan.active ? '1' : '',
    hidden: plan.hidden ? '1' : '',
    refunds_unused: plan.refundsUnused ? '1' : '',
    connect_en: plan.howToConnect?.['en'] ?? '',
    connect_ru: plan.howToConnect?.['ru'] ?? '',
  }),
  specification: untouched(
    Object.fromEntries(Object.entries(plan.specification).map(([code, value]) => [`spec_${code}`, String(value)])),
  ),
  locations: plan.locations,
  noLocation: false,
  stockBefore: plan.stock,
  draft: null,
  code: plan.code,
});

interface ShownPlan {
  plan: EditedPlan | null;
  category: Category;
  sent: SentPlan;
  refusal?: Refusal | null;
  status?: number;
}

async function renderPlan(context: StaffRequest, shown: ShownPlan) {
  await renderPage(context, 'staff/plan', await planPage(context, shown), { status: shown.status ?? 200 });
}

async function planPage(context: StaffRequest, { plan, category, sent, refusal = null }: ShownPlan) {
  const { db, t, locale } = context;
  const locations = await listLocations(db);
  const fields = shownFields(
    sent.main,
    {
      name: t('staff.catalog.name'),
      code: t('staff.catalog.code'),
      position: t('staff.catalog.position'),
      stock: t('staff.plans.stock'),
      active: t('staff.plans.active'),
      hidden: t('staff.plans.hidden'),
      refunds_unused: t('staff.plans.refunds_unused'),
      connect_en: t('staff.plans.connect_in', { language: 'English' }),
      connect_ru: t('staff.plans.connect_in', { language: 'Русский' }),
    },
    t,
  );
  const specification = shownFields(
    sent.specification,
    Object.fromEntries(category.fields.map((field) => [inputOf(field), field.names[locale] ?? field.code])),
    t,
  );
  const chosen = [...sent.locations, ...locations.map(({ id }) => id).filter((id) => !sent.locations.includes(id))];
  const locationError = sent.noLocation ? t('staff.plans.location_required') : null;
  return {
    title: plan ? plan.name : t('staff.plans.new_in', { category: category.names[locale] ?? category.code }),
    plan,
    category,
    categories: plan ? [] : (await context.catalog.current()).all,
    refusal,
    fields,
    specification: category.fields.flatMap((field) => {
      const shown = specification[inputOf(field)];
      return shown ? [{ ...shown, hint: hintOf(field, locale) }] : [];
    }),
    stockBefore: sent.stockBefore,
    // The first one is offered first.
    locations: chosen.flatMap((id) => {
      const location = locations.find((each) => each.id === id);
      return location ? [{ ...location, chosen: sent.locations.includes(id) }] : [];
    }),
    locationError,
    errors: [
      ...summaryOf(fields),
      ...summaryOf(specification),
      ...(locationError ? [{ href: '#locations', text: locationError }] : []),
    ],
  };
}
export type PlanPage = PageOf<typeof planPage>;

/** How a value is shown, where that is more than the value. */
function hintOf({ patterns }: SpecificationField, locale: string): string {
  const pattern = patterns[locale] ?? '{value}';
  return pattern === '{value}' ? '' : pattern.replace('{value}', '…');
}
