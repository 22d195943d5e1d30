import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';

/**
 * Whether an e-mail is somebody's: a user has it, or may take it back still, which nobody else's account may stand in the
 * way of.
 * @param except a user whose own it may be
 */
export async function isEmailTaken(
  trx: Transaction,
  clock: Clock,
  email: string,
  except: number | null = null,
): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: { taken: boolean }[] }>(
    `select exists (select from users where email = :email and id is distinct from :except)
       or exists (
         select
         from account_links
         where email = :email
           and purpose = 'return_email'
           and used_at is null
           and expires_at > :now
           and user_id is distinct from :except
       ) as taken`,
    { email, except, now: clock.now() },
  );
  return rows[0]?.taken === true;
}
