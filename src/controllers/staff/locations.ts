import { z } from 'zod';
import type { Refusal } from '../../domain/errors.ts';
import { listLocations } from '../../domain/catalog/edited-plan-queries.ts';
import { createLocation, renameLocation } from '../../domain/catalog/save-location.ts';
import { setFlash } from '../../web/flash.ts';
import { parseId } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import {
  lineField,
  newCodeField,
  readForm,
  shownFields,
  summaryOf,
  type TypedForm,
  untouched,
} from '../../web/typed-form.ts';

const NAMES = { name_en: lineField(40), name_ru: lineField(40) };
const NEW = { code: newCodeField, ...NAMES };
type NewLocation = TypedForm<keyof typeof NEW>;

/** The form that was refused: of a new location, or of one that is renamed. */
interface Sent {
  added?: NewLocation;
  renamed?: { id: number; form: TypedForm<keyof typeof NAMES> };
  refusal: Refusal | null;
}

const Fields = z.record(z.string(), z.unknown());

/** The places in which servers stand. */
export async function showLocations(context: StaffRequest) {
  const added = refusedForm(context.req, '/staff/locations', Fields);
  const renamed = refusedForm(context.req, '/staff/locations/:id', Fields);
  await renderLocations(context, {
    ...(added && { added: readForm(added.typed, NEW) }),
    ...(renamed && { renamed: { id: parseId(renamed.params['id']), form: readForm(renamed.typed, NAMES) } }),
    refusal: added?.refusal ?? null,
  });
}

export async function submitLocation(context: StaffRequest) {
  const { req, res, db, clock, viewer, t, locale } = context;
  const form = readForm(req.body, NEW);
  if (!form.values) return renderLocations(context, { added: form, refusal: null }, 422);
  const { code, name_en: en, name_ru: ru } = form.values;
  try {
    await createLocation(db, clock, { by: viewer.userId, code, names: { en, ru } });
  } catch (error) {
    return renderLocations(context, { added: form, refusal: refusalToShow(error) }, 422);
  }
  setFlash(req, 'success', t('staff.locations.flash.created', { name: { en, ru }[locale] }));
  res.redirect(303, '/staff/locations');
}

export async function submitLocationNames(context: StaffRequest) {
  const { req, res, db, clock, viewer, t, locale } = context;
  const id = parseId(req.params['id']);
  const form = readForm(req.body, NAMES);
  if (!form.values) return renderLocations(context, { renamed: { id, form }, refusal: null }, 422);
  const { name_en: en, name_ru: ru } = form.values;
  await renameLocation(db, clock, { by: viewer.userId, id, names: { en, ru } });
  setFlash(req, 'success', t('staff.locations.flash.renamed', { name: { en, ru }[locale] }));
  res.redirect(303, '/staff/locations');
}

async function renderLocations(context: StaffRequest, sent: Sent, status = 200) {
  await renderPage(context, 'staff/locations', await locationsPage(context, sent), { status });
}

async function locationsPage({ db, t }: StaffRequest, { added, renamed, refusal }: Sent) {
  const locations = await listLocations(db);
  const labels = {
    name_en: t('staff.catalog.name_in', { language: 'English' }),
    name_ru: t('staff.catalog.name_in', { language: 'Русский' }),
  };
  const form = added ?? untouched({ code: '', name_en: '', name_ru: '' });
  const fields = shownFields(form, { code: t('staff.catalog.code'), ...labels }, t);
  const shown = locations.map((location) => {
    const isRefused = renamed?.id === location.id;
    const { names } = location;
    const typed = untouched({ name_en: names['en'] ?? '', name_ru: names['ru'] ?? '' });
    const ofLocation = shownFields(isRefused ? renamed.form : typed, labels, t);
    for (const field of Object.values(ofLocation)) field.name = `${field.name}_${location.id}`;
    return { ...location, fields: ofLocation, isRefused };
  });
  return {
    title: t('staff.locations.title'),
    locations: shown,
    fields,
    refusal,
    errors: [...summaryOf(fields), ...shown.flatMap((location) => summaryOf(location.fields))],
  };
}
export type LocationsPage = PageOf<typeof locationsPage>;
