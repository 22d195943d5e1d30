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

/** More than these are not kept; nobody has so many. */
export const MOST_SSH_KEYS = 50;

/** Keeps a key with the customer; one that is there already stays as it is, and one too many is not kept. */
export async function keepSshKey(
  db: Db | Transaction,
  clock: Clock,
  { customerId, key }: { customerId: number; key: SshKey },
): Promise<void> {
  await db.raw(
    `insert into ssh_keys (customer_id, name, public_key, fingerprint, added_at)
     select :customerId, :name, :publicKey, :fingerprint, :now
     where (select count(*) from ssh_keys where customer_id = :customerId) < :most
     on conflict (customer_id, fingerprint) do nothing`,
    {
      customerId,
      name: key.comment || key.fingerprint.slice(0, 'SHA256:'.length + 8),
      publicKey: key.publicKey,
      fingerprint: key.fingerprint,
      now: clock.now(),
      most: MOST_SSH_KEYS,
    },
  );
}

/** Forgets a key; servers that were ordered with it keep it. @throws {NotFound} when it is missing or another customer's */
export async function removeSshKey(
  db: Db,
  { customerId, keyId }: { customerId: number; keyId: number },
): Promise<void> {
  const removed = await db('ssh_keys').where({ id: keyId, customer_id: customerId }).delete();
  if (removed === 0) throw new NotFound();
}
