import type { Knex } from 'knex';

export async function up(db: Knex) {
  await db.raw(`
    create extension if not exists citext;

    -- ISO 4217 minor-unit digits; everything it does not list has two.
    create function iso_minor_digits(code text) returns smallint language sql immutable parallel safe as $$
      select case
        when code in ('BIF','CLP','DJF','GNF','ISK','JPY','KMF','KRW','PYG','RWF','UGX','UYI','VND','VUV','XAF','XOF','XPF') then 0
        when code in ('BHD','IQD','JOD','KWD','LYD','OMR','TND') then 3
        when code in ('CLF','UYW') then 4
        else 2
      end::smallint
    $$;

    create function fits_minor_unit(amount numeric, code text) returns boolean language sql immutable parallel safe as $$
      select amount <> 'NaN' and amount = round(amount, iso_minor_digits(code))
    $$;

    create function refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception '% of % is refused: its rows are only ever added', tg_op, tg_table_name using errcode = 'integrity_constraint_violation';
    end $$;

    create table currencies (
      code char(3) primary key check (code ~ '^[A-Z]{3}$'),
      minor_digits smallint not null check (minor_digits = iso_minor_digits(code)),
      position integer not null,
      enabled boolean not null default false,
      rate_source text not null check (rate_source in ('ecb', 'cbr', 'manual')),
      markup numeric(6, 4) not null default 0 check (markup >= 0 and markup < 1)
    );

    create table exchange_rates (
      id bigint generated always as identity primary key,
      currency char(3) not null references currencies,
      rate numeric(30, 15) not null check (rate > 0),
      effective_on date not null,
      source text not null check (source in ('ecb', 'cbr', 'manual')),
      recorded_at timestamptz not null,
      check (currency <> 'EUR')
    );
    comment on column exchange_rates.rate is 'units of the currency for one EUR, the base currency';
    create index exchange_rates_current on exchange_rates (currency, effective_on desc, id desc);
    create trigger exchange_rates_immutable before update or delete on exchange_rates
      for each row execute function refuse_change();
    create trigger exchange_rates_not_truncated before truncate on exchange_rates execute function refuse_change();

    -- Rates that differ too much from the last one wait here for a member of staff.
    create table rate_proposals (
      id bigint generated always as identity primary key,
      currency char(3) not null references currencies,
      rate numeric(30, 15) not null check (rate > 0),
      previous_rate numeric(30, 15) not null,
      effective_on date not null,
      source text not null check (source in ('ecb', 'cbr', 'manual')),
      proposed_at timestamptz not null,
      decision text check (decision in ('confirmed', 'rejected', 'superseded')),
      decided_at timestamptz,
      decided_by bigint,
      check ((decision is null) = (decided_at is null))
    );
    create unique index rate_proposals_open on rate_proposals (currency, source, effective_on, rate) where decision is null;

    create function announce_rates() returns trigger language plpgsql as $$
    begin
      notify rates_changed;
      return null;
    end $$;
    create trigger exchange_rates_announced after insert on exchange_rates for each statement execute function announce_rates();
    create trigger currencies_announced after insert or update on currencies for each statement execute function announce_rates();

    insert into currencies (code, minor_digits, position, enabled, rate_source)
    select code, iso_minor_digits(code), position, position <= 7, source
    from (values
      ('EUR', 1, 'ecb'), ('USD', 2, 'ecb'), ('GBP', 3, 'ecb'), ('PLN', 4, 'ecb'), ('RUB', 5, 'cbr'), ('KZT', 6, 'cbr'),
      ('JPY', 7, 'ecb'), ('CHF', 8, 'ecb'), ('CZK', 9, 'ecb'), ('SEK', 10, 'ecb'), ('NOK', 11, 'ecb'), ('DKK', 12, 'ecb'),
      ('TRY', 13, 'ecb'), ('CNY', 14, 'ecb'), ('UAH', 15, 'cbr'), ('BYN', 16, 'cbr'), ('AMD', 17, 'cbr'), ('KWD', 18, 'manual')
    ) as seed (code, position, source);
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
