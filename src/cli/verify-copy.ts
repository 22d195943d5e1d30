import { connect } from '../platform/db/database.ts';
import { verifyInvariants } from '../domain/audit/verify-invariants.ts';

/** The invariants that do not hold in a database that was restored, by their ids and names. */
export async function brokenInvariants(url: string): Promise<string[]> {
  const db = connect(url, { pool: 2, applicationName: 'kabinet-verify' });
  try {
    const verdicts = await verifyInvariants(db);
    return verdicts.filter(({ offenders }) => offenders.length > 0).map(({ id, name }) => `${id} ${name}`);
  } finally {
    await db.destroy();
  }
}
