import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { NotFound } from '../errors.ts';
import type { SshKey } from './ssh-key.ts';

/** A public key that a customer keeps for the servers to come. */
export interface KeptSshKey extends SshKey {
  id: number;
  /** What the customer calls it; it stands as the key's comment. */
  name: string;
  addedAt: Date;
}

/** The newest first. */
export async function listSshKeys(db: Db | Transaction, customerId: number): Promise<KeptSshKey[]> {
  const rows = await db('ssh_keys')
    .where({ customer_id: customerId })
    .orderBy('id', 'desc')
    .select<{ id: number; name: string; public_key: string; fingerprint: string; added_at: Date }[]>(
      'id',
      'name',
      'public_key',
      'fingerprint',
      'added_at',
    );
  return rows.map(({ id, name, public_key, fingerprint, added_at }) => ({
    id,
    name,
    publicKey: public_key,
    comment: name,
    fingerprint,
    addedAt: added_at,
  }));
}

/** Keeps a key with the customer; one that is there already stays as it is. */
export async function keepSshKey(
  db: Db | Transaction,
  clock: Clock,
  { customerId, key }: { customerId: number; key: SshKey },
): Promise<void> {
  await db('ssh_keys')
    .insert({
      customer_id: customerId,
      name: key.comment || key.fingerprint.slice(0, 'SHA256:'.length + 8),
      public_key: key.publicKey,
      fingerprint: key.fingerprint,
      added_at: clock.now(),
    })
    .onConflict(['customer_id', 'fingerprint'])
    .ignore();
}

/** Forgets a key; servers that were ordered with it keep it. @throws {NotFound} when it is missing or another customer's */
export async function removeSshKey(
  db: Db,
  { customerId, keyId }: { customerId: number; keyId: number },
): Promise<void> {
  const removed = await db('ssh_keys').where({ id: keyId, customer_id: customerId }).delete();
  if (removed === 0) throw new NotFound();
}
