import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/world.ts';
import type { Visitor } from '../../support/visitor.ts';

let world: World;
let admin: Visitor;
beforeAll(async () => {
  world = await createWorld();
  admin = await world.signIn(await world.addStaff('admin'));
});
afterAll(() => world.close());

const FIELDS = {
  code: 'colocation',
  name_en: 'Colocation',
  name_ru: 'Размещение',
  about_en: 'Your machine in our rack.',
  about_ru: 'Ваш сервер в нашей стойке.',
  position: '5',
  active: '1',
  provisioning: 'by_hand',
  invoice_days: '10',
  remind_days: '3',
  due_days: '3',
  grace_days: '10',
  suspended_days: '30',
  periods: '12, 1,36, 12',
  field_0_code: 'units',
  field_0_name_en: 'Height',
  field_0_name_ru: 'Высота',
  field_0_kind: 'number',
  field_0_pattern_en: '{value} U',
  field_0_pattern_ru: '{value} юнита',
  field_1_kind: 'text',
};

describe('a category (b19)', () => {
  it('is added with its periods, terms and fields, and stands in the catalogue of customers', async () => {
    await admin.get('/staff/categories/new');
    expect((await admin.post('/staff/categories', FIELDS)).status).toBe(303);
    const { rows } = await world.db.raw(
      `select grace_days, suspended_days, array(select months from category_periods where category = c.code order by 1) as months
       from categories c
       where code = 'colocation'`,
    );
    expect(rows).toEqual([{ grace_days: 10, suspended_days: 30, months: [1, 12, 36] }]);
    const fields = await world.db('specification_fields').where({ category: 'colocation' });
    expect(fields).toHaveLength(1);
    expect(fields[0]).toMatchObject({ code: 'units', kind: 'number', patterns: { en: '{value} U' } });
    const catalogue = () => world.visitor().get('/catalog');
    await expect.poll(async () => (await catalogue()).textOf('main')).toContain('Your machine in our rack.');
    const entry = await world.db('audit_log').where({ action: 'category.created' }).first();
    expect(entry).toMatchObject({ subject_type: 'category', subject_id: 'colocation', role: 'admin' });
  });

  it('has a code of its own, and every fault is named with what was typed kept', async () => {
    await admin.get('/staff/categories/new');
    const taken = await admin.post('/staff/categories', { ...FIELDS, code: 'vps' });
    expect(taken.status).toBe(422);
    expect(taken.textOf('.alert-bad')).toContain('“vps” is taken');
    const odd = await admin.post('/staff/categories', {
      ...FIELDS,
      code: 'Bad Code',
      name_ru: '',
      periods: '1, many',
      grace_days: '-1',
      remind_days: '10',
      field_0_pattern_en: 'GB',
    });
    expect(odd.status).toBe(422);
    expect(odd.$('.alert-bad li')).toHaveLength(6);
    expect(odd.textOf('#remind_days-error')).toContain('9');
    expect(odd.value('input[name=name_en]')).toBe('Colocation');
    expect(odd.value('input[name=field_0_pattern_en]')).toBe('GB');
  });

  it('gives its terms to orders that run, and its changes to the audit log, before and after', async () => {
    await admin.get('/staff/categories/vps');
    const page = await admin.get('/staff/categories/vps');
    const values = Object.fromEntries(
      page
        .$('main form input:not([type=hidden]), main form select')
        .toArray()
        .map((field) => [page.$(field).attr('name') ?? '', String(page.$(field).val() ?? '')]),
    );
    expect(values['periods']).toBe('1, 3, 6, 12');
    const sent = await admin.post('/staff/categories/vps', { ...values, grace_days: '7', periods: '1, 12' });
    expect(sent.status).toBe(303);
    const entry = await world.db('audit_log').where({ action: 'category.changed' }).first();
    expect(entry.details).toEqual({
      before: { grace_days: 3, periods: '1, 3, 6, 12' },
      after: { grace_days: 7, periods: '1, 12' },
    });
    const plans = () => world.visitor().get('/catalog/vps');
    await expect.poll(async () => (await plans()).$('thead th').length).toBe(4);
    const log = await admin.get('/staff/audit?action=category.changed');
    expect(log.textOf('main')).toContain('Days of grace: 3 → 7');
  });

  it('that is switched off is not in the catalogue any more, and unknown ones are not found', async () => {
    await world.db('categories').where({ code: 'dedicated' }).update({ active: false });
    const status = async () => (await world.visitor().get('/catalog/dedicated')).status;
    await expect.poll(status).toBe(404);
    await world.db('categories').where({ code: 'dedicated' }).update({ active: true });
    await expect.poll(status).toBe(200);
    expect((await admin.get('/staff/categories/nothing')).status).toBe(404);
  });
});
