import type { Knex } from 'knex';

/**
 * A restore fills the tables with an empty search_path, and evaluates their checks meanwhile: a function that finds
 * others by their bare names fails there, and its table stays empty. The trigger functions get a path of their own. The
 * two that checks call are rewritten in SQL's own form, which is bound to what it calls when it is made, and can still
 * be inlined.
 */
const TRIGGER_FUNCTIONS = [
  'refuse_change',
  'announce_rates',
  'move_account',
  'keep_account',
  'open_account',
  'check_transaction_balances',
  'order_search_text',
  'plan_renamed',
  'keep_invoice',
  'keep_series',
  'check_invoice_lines',
  'check_settlement',
  'keep_captured_payment',
];

export async function up(db: Knex) {
  for (const name of TRIGGER_FUNCTIONS)
    await db.raw(`alter function public.${name}() set search_path = pg_catalog, public, pg_temp`);

  await db.raw(`
    create or replace function public.iso_minor_digits(code text) returns smallint language sql immutable parallel safe
      return case
        when code in ('BIF','CLP','DJF','GNF','ISK','JPY','KMF','KRW','PYG','RWF','UGX','UYI','VND','VUV','XAF','XOF','XPF') then 0
        when code in ('BHD','IQD','JOD','KWD','LYD','OMR','TND') then 3
        when code in ('CLF','UYW') then 4
        else 2
      end::smallint;

    create or replace function public.fits_minor_unit(amount numeric, code text) returns boolean language sql immutable parallel safe
      return amount <> 'NaN' and amount = round(amount, public.iso_minor_digits(code));

    -- What this database is for: one row. Production is a property of the data, not of the process that opens it.
    create table installation (
      only_row boolean primary key default true check (only_row),
      -- The first start in production; every other mode is refused from then on.
      production_since timestamptz,
      -- A copy of a production database that was given free for trying: nobody is written to, and production is refused.
      staging_since timestamptz,
      check (production_since is null or staging_since is null)
    );
    insert into installation default values;

    -- The application's role sets the first column once; only the owner may set the second, which clears the first.
    create function keep_installation() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
    begin
      if tg_op <> 'UPDATE' then
        raise exception 'the row of installation stays' using errcode = 'integrity_constraint_violation';
      end if;
      if old.production_since is not null and new.production_since is distinct from old.production_since and new.staging_since is null then
        raise exception 'production is marked once' using errcode = 'integrity_constraint_violation';
      end if;
      if old.staging_since is not null and new is distinct from old then
        raise exception 'a database for trying stays one' using errcode = 'integrity_constraint_violation';
      end if;
      return new;
    end $$;
    create trigger installation_kept before update or delete on installation for each row execute function keep_installation();
    create trigger installation_not_truncated before truncate on installation execute function keep_installation();
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
