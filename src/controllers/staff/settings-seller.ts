import { z } from 'zod';
import { addDays } from '../../platform/clock.ts';
import type { Refusal } from '../../domain/errors.ts';
import { saveSeller } from '../../domain/settings/save-settings.ts';
import { sellerDetails } from '../../domain/settings/seller.ts';
import { listSellers } from '../../domain/settings/settings-queries.ts';
import { setFlash } from '../../web/flash.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import {
  dayFrom,
  lineField,
  readForm,
  reasonField,
  shownFields,
  summaryOf,
  textField,
  type TypedForm,
  untouched,
} from '../../web/typed-form.ts';

type FieldName = 'name' | 'address' | 'registration' | 'vat' | 'bank' | 'valid_from' | 'reason';
const Sent = z.record(z.string(), z.unknown());

/** Who sells: what invoices say, from a day on. */
export async function showSellerSettings(context: StaffRequest) {
  const refused = refusedForm(context.req, '/staff/settings/seller', Sent);
  await renderSeller(context, refused ? await readSeller(context, refused.typed) : null, refused?.refusal ?? null);
}

export async function submitSeller(context: StaffRequest) {
  const { req, res, db, clock, viewer, t } = context;
  const form = await readSeller(context, req.body);
  if (!form.values) return renderSeller(context, form, null, 422);
  const { valid_from: validFrom, reason, ...draft } = form.values;
  try {
    await saveSeller(db, clock, { by: viewer.userId, draft: { ...draft, validFrom }, reason });
  } catch (error) {
    return renderSeller(context, form, refusalToShow(error), 422);
  }
  const { dayText } = await context.helpers();
  setFlash(req, 'success', t('staff.seller.flash.saved', { day: dayText(validFrom) }));
  res.redirect(303, '/staff/settings/seller');
}

async function readSeller(context: StaffRequest, body: unknown) {
  const { db, clock } = context;
  const { dayText } = await context.helpers();
  const today = clock.today();
  const isFirst = (await listSellers(db)).length === 0;
  return readForm(body, {
    name: lineField(120),
    address: textField(500),
    registration: lineField(120, { required: false }),
    vat: lineField(200, { required: false }),
    bank: textField(500),
    valid_from: dayFrom(today, dayText(today)),
    // Of the first one there is nothing to explain.
    reason: isFirst ? lineField(500, { required: false }) : reasonField,
  });
}

async function renderSeller(
  context: StaffRequest,
  form: TypedForm<FieldName> | null,
  refusal: Refusal | null,
  status = 200,
) {
  await renderPage(context, 'staff/settings-seller', await settingsSellerPage(context, form, refusal), { status });
}

async function settingsSellerPage(
  { db, clock, t }: StaffRequest,
  form: TypedForm<FieldName> | null,
  refusal: Refusal | null,
) {
  const sellers = await listSellers(db);
  const today = clock.today();
  const present = sellers.find(({ validFrom }) => validFrom <= today);
  const empty: Record<FieldName, string> = {
    name: present?.name ?? '',
    address: present?.address ?? '',
    registration: present?.registration ?? '',
    vat: present?.vat ?? '',
    bank: present?.bank ?? '',
    valid_from: present ? addDays(today, 1) : today,
    reason: '',
  };
  const fields = shownFields(
    form ?? untouched(empty),
    {
      name: t('staff.seller.name'),
      address: t('staff.seller.address'),
      registration: t('staff.seller.registration'),
      vat: t('staff.seller.vat'),
      bank: t('staff.seller.bank'),
      valid_from: t('staff.prices.valid_from'),
      reason: t('common.reason'),
    },
    t,
  );
  return {
    title: t('staff.settings.title'),
    fields,
    isFirst: sellers.length === 0,
    sellers: sellers.map((seller) => ({
      ...seller,
      lines: sellerDetails(seller).split('\n'),
      current: seller === present,
    })),
    refusal,
    errors: summaryOf(fields),
  };
}
export type SettingsSellerPage = PageOf<typeof settingsSellerPage>;
