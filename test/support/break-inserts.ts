import type { Knex } from 'knex';

/** Adds the trigger `test_break`, which runs a statement before each row that is added to the table. */
export const breakInserts = (owner: Knex, table: string, statement: string) =>
  owner.raw(`
    create function test_break() returns trigger language plpgsql as $$ begin ${statement}; return new; end $$;
    create trigger test_break before insert on ${table} for each row execute function test_break()`);
