import type { Knex } from 'knex';

export async function up(db: Knex) {
  await db.raw(`
    -- What a trial works with: figures of a real day, recorded under the days of the demo, which say so.
    alter table exchange_rates drop constraint exchange_rates_source_check;
    alter table exchange_rates
      add column published_on date,
      add constraint exchange_rates_source_check check (source in ('ecb', 'cbr', 'manual', 'demo')),
      add constraint exchange_rates_published_on check ((source = 'demo') = (published_on is not null));
    comment on column exchange_rates.published_on is 'of the demo: the day on which a bank really published it';

    -- The buyer's details as an invoice keeps them.
    create function buyer_of(c customers) returns jsonb language sql stable set search_path = pg_catalog, public, pg_temp as $$
      select jsonb_build_object('customerId', c.id, 'kind', c.kind, 'firstName', c.first_name, 'lastName', c.last_name,
        'companyName', c.company_name, 'registrationNumber', c.registration_number, 'vatNumber', c.vat_number,
        'country', c.country, 'city', c.city, 'address', c.address, 'postalCode', c.postal_code)
    $$;

    -- Whether nothing is missing that has to be known before anything is paid.
    create function is_profile_complete(c customers) returns boolean language sql stable set search_path = pg_catalog, public, pg_temp as $$
      select c.first_name <> '' and c.last_name <> '' and c.country <> '' and c.city <> '' and c.address <> '' and c.phone <> ''
        and (c.kind <> 'company' or (c.company_name <> '' and (c.registration_number <> '' or c.vat_number <> '')))
    $$;

    -- An invoice to a profile that lacks something names its buyer once it is paid, or not waited for any longer.
    alter table invoices add column buyer_final boolean not null default true;
    alter table invoices alter column buyer_final drop default;
    alter table invoices disable trigger invoices_kept;
    update invoices i set buyer_final = false from customers c
      where i.status = 'unpaid' and c.id = i.customer_id
        and not (i.buyer ->> 'firstName' <> '' and i.buyer ->> 'lastName' <> '' and i.buyer ->> 'country' <> '' and i.buyer ->> 'city' <> ''
          and i.buyer ->> 'address' <> '' and (i.buyer ->> 'kind' <> 'company'
            or (i.buyer ->> 'companyName' <> '' and (i.buyer ->> 'registrationNumber' <> '' or i.buyer ->> 'vatNumber' <> ''))));
    alter table invoices enable trigger invoices_kept;

    -- After it is issued, an invoice changes its state, and its buyer with it while that is open, and nothing else. (Its number is
    -- generated after this trigger has run.)
    create or replace function keep_invoice() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
    declare changing constant text[] := '{number,status,paid_at,cancelled_at,balance_after}';
    begin
      if tg_op = 'DELETE' then
        raise exception 'invoices are not deleted' using errcode = 'integrity_constraint_violation';
      end if;
      if (to_jsonb(new) - changing) <> (to_jsonb(old) - changing) then
        raise exception 'an issued invoice is not edited' using errcode = 'integrity_constraint_violation';
      end if;
      if old.status <> 'unpaid' then
        raise exception 'invoice % is %', old.number, old.status using errcode = 'integrity_constraint_violation';
      end if;
      if new.status <> 'unpaid' and not old.buyer_final then
        new.buyer := (select buyer_of(c) from customers c where c.id = new.customer_id);
        new.buyer_final := true;
      end if;
      return new;
    end $$;
    alter table invoices add constraint invoices_buyer_final check (buyer_final or status = 'unpaid');
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
