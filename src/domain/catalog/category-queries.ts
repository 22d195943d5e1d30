import type { Db, Transaction } from '../../platform/db/database.ts';
import { Catalog, type Category, type Provisioning, type SpecificationField } from './category.ts';
import type { Names } from '../../platform/i18n/names.ts';

interface CategoryRow {
  code: string;
  names: Names;
  descriptions: Names;
  active: boolean;
  provisioning: Provisioning;
  invoice_days: number;
  remind_days: number;
  due_days: number;
  grace_days: number;
  suspended_days: number;
  periods: number[];
  fields: SpecificationField[];
}

/** The categories with their periods and the fields of their specifications. */
export async function loadCatalog(db: Db | Transaction): Promise<Catalog> {
  const { rows } = await db.raw<{ rows: CategoryRow[] }>(
    `select c.code, c.names, c.descriptions, c.active, c.provisioning, c.invoice_days,
       c.remind_days, c.due_days, c.grace_days, c.suspended_days,
       array(select months from category_periods where category = c.code order by months) as periods,
       array(
         select jsonb_build_object('code', f.code, 'names', f.names, 'kind', f.kind, 'patterns', f.patterns)
         from specification_fields f
         where f.category = c.code
         order by f.position, f.code
       ) as fields
     from categories c
     order by c.position, c.code`,
  );
  return new Catalog(
    rows.map(({ invoice_days, remind_days, due_days, grace_days, suspended_days, ...row }): Category => ({
      ...row,
      invoiceDays: invoice_days,
      remindDays: remind_days,
      dueDays: due_days,
      graceDays: grace_days,
      suspendedDays: suspended_days,
    })),
  );
}

/** How many plans each category has, and how many orders that have not ended. */
export async function listCategoryUse(db: Db): Promise<Map<string, { plans: number; orders: number }>> {
  const { rows } = await db.raw<{ rows: { category: string; plans: number; orders: number }[] }>(
    `select p.category, count(*)::int as plans, coalesce(sum(o.orders), 0)::int as orders
     from plans p
     left join (
       select plan_id, count(*) as orders
       from orders
       where status <> 'cancelled'
       group by plan_id
     ) o on o.plan_id = p.id
     group by p.category`,
  );
  return new Map(rows.map(({ category, ...use }) => [category, use]));
}

/** Where a category stands among the others. */
export async function getCategoryPosition(db: Db, code: string): Promise<number> {
  const row = await db('categories').where({ code }).first<{ position: number } | undefined>('position');
  return row?.position ?? 0;
}
