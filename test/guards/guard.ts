/** A test that must go red: a file, and a part of the title. */
export interface NamedTest {
  file: string;
  title: string;
}

/** How a guard is removed. */
export type Removal =
  /** This text, found exactly once in src/ and migrations/, whatever file it is in and however its lines are broken. */
  | { find: string; replace: string }
  /** SQL, run as the schema's owner after all migrations. */
  | { sql: string }
  /** This text, found exactly once in a function of the database as the last migration has left it. */
  | { inFunction: string; find: string; replace: string };

/** One lock, check, trigger or condition that money depends on, at one place where it acts. */
export interface Guard {
  id: string;
  /** What it keeps from happening, as a sentence. */
  guards: string;
  removal: Removal;
  /** Each of them must go red without it. */
  tests: NamedTest[];
  /** Another guard that catches the same: only without both do the tests go red. */
  doubledBy?: { id: string; why: string };
}
