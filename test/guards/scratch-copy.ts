import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Removal } from './guard.ts';
import { literally } from './literally.ts';

const PROJECT = path.join(import.meta.dirname, '../..');
const COPIED = ['src', 'migrations', 'seeds', 'views', 'public', 'test', 'docs', 'package.json', 'tsconfig.json'];
/** Where a guard's text is looked for. */
const SEARCHED = ['src', 'migrations'];
/** After every other migration, so that it acts on what is finally in force. */
const LAST_MIGRATION = 'migrations/9999_without_a_guard.ts';

/** The table does not match the code: the text is not there, or more than once. */
export class NotFoundOnce extends Error {}

/** A copy of the project in a temporary folder, in which guards are taken away; what is installed is shared. */
export class ScratchCopy {
  readonly folder: string;
  readonly #originals = new Map<string, string>();

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<ScratchCopy> {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'kabinet-guards-'));
    for (const name of COPIED) await fs.cp(path.join(PROJECT, name), path.join(folder, name), { recursive: true });
    await fs.symlink(path.join(PROJECT, 'node_modules'), path.join(folder, 'node_modules'));
    return new ScratchCopy(folder);
  }

  async remove() {
    await fs.rm(this.folder, { recursive: true, force: true });
  }

  /** Takes guards away. @throws {NotFoundOnce} */
  async takeAway(removals: Removal[]) {
    const statements: string[] = [];
    for (const removal of removals)
      if ('sql' in removal) statements.push(changing(removal.sql));
      else if ('inFunction' in removal) statements.push(rewriting(removal));
      else await this.#replace(removal);
    if (statements.length > 0) await this.#write(LAST_MIGRATION, migrationOf(statements));
  }

  async putBack() {
    for (const [file, text] of this.#originals) await fs.writeFile(path.join(this.folder, file), text);
    this.#originals.clear();
    await fs.rm(path.join(this.folder, LAST_MIGRATION), { force: true });
  }

  async #replace({ find, replace }: { find: string; replace: string }) {
    const pattern = patternOf(find);
    const found: { file: string; text: string; times: number }[] = [];
    for (const file of await this.#listFiles()) {
      const text = await fs.readFile(path.join(this.folder, file), 'utf8');
      const times = [...text.matchAll(pattern)].length;
      if (times > 0) found.push({ file, text, times });
    }
    const [only] = found;
    const times = found.reduce((sum, place) => sum + place.times, 0);
    if (!only || times !== 1) throw new NotFoundOnce(`found ${times} times: ${find}`);
    if (!this.#originals.has(only.file)) this.#originals.set(only.file, only.text);
    await this.#write(
      only.file,
      only.text.replace(pattern, () => replace),
    );
  }

  async #listFiles(): Promise<string[]> {
    const lists = await Promise.all(
      SEARCHED.map(async (folder) => {
        const names = await fs.readdir(path.join(this.folder, folder), { recursive: true });
        return names.filter((name) => name.endsWith('.ts')).map((name) => path.join(folder, name));
      }),
    );
    return lists.flat();
  }

  async #write(file: string, text: string) {
    await fs.writeFile(path.join(this.folder, file), text);
  }
}

/** Matches however the formatter breaks lines: where the text has blanks, there may be any, or none. */
const patternOf = (text: string) =>
  new RegExp(
    text
      .trim()
      .split(/\s+/)
      .map(literally)
      .join(String.raw`\s*`),
    'g',
  );

/** The SQL that removes the guards, as one text. */
const SCHEMA = `(select md5(string_agg(line, ';' order by line)) from (
  select pg_get_triggerdef(oid) || tgenabled::text as line from pg_trigger
  union all select conrelid::text || pg_get_constraintdef(oid) from pg_constraint
  union all select indexrelid::text || pg_get_indexdef(indexrelid) from pg_index
  union all select pg_get_functiondef(p.oid) from pg_proc p where p.pronamespace = 'public'::regnamespace
    and p.prokind = 'f'
  union all select oid::text || relacl::text from pg_class where relnamespace = 'public'::regnamespace
) as everything)`;

const changing = (sql: string) => `do $guard$
  declare before text := ${SCHEMA};
  begin
    ${sql};
    if ${SCHEMA} = before then raise exception 'the SQL of this guard changes nothing'; end if;
  end $guard$`;

const rewriting = ({ inFunction, find, replace }: { inFunction: string; find: string; replace: string }) =>
  `do $guard$
  declare source text := pg_get_functiondef('${inFunction}'::regproc);
  begin
    if (length(source) - length(replace(source, $find$${find}$find$, ''))) <> length($find$${find}$find$) then
      raise exception 'not found once in ${inFunction}';
    end if;
    execute replace(source, $find$${find}$find$, $with$${replace}$with$);
  end $guard$`;

const migrationOf = (statements: string[]) =>
  `import type { Knex } from 'knex';
const STATEMENTS: string[] = ${JSON.stringify(statements)};
export async function up(db: Knex) {
  for (const statement of STATEMENTS) await db.raw(statement.replaceAll('?', String.raw\`\\?\`));
}
export async function down() {}
`;
