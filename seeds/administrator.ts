import type { Clock } from '../src/platform/clock.ts';
import type { Db } from '../src/platform/db/database.ts';
import { inTransaction } from '../src/platform/db/transaction.ts';
import { createUser } from '../src/domain/identity/create-user.ts';
import { hashPassword } from '../src/domain/identity/passwords.ts';
import { lockEmptyDatabase } from './seed-lock.ts';

/** The first member of staff (rule S1). */
export async function seedAdministrator(db: Db, clock: Clock, email: string, password: string): Promise<void> {
  const passwordHash = await hashPassword(password);
  await inTransaction(db, async (trx) => {
    if (await lockEmptyDatabase(trx))
      await createUser(trx, clock, { email, passwordHash, belongsTo: { staffRole: 'admin' } });
  });
}
