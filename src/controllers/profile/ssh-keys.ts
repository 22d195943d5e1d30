import { z } from 'zod';
import { parseSshKey, type SshKeyFault } from '../../domain/customers/ssh-key.ts';
import { keepSshKey, listSshKeys, MOST_SSH_KEYS, removeSshKey } from '../../domain/customers/ssh-keys.ts';
import { setFlash } from '../../web/flash.ts';
import { parseForm, parseId, text } from '../../web/parse-request.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';

const NAME_LENGTH = 100;
const NewKey = z.object({ name: z.string().max(1000).catch(''), ssh_key: z.string().max(10_000).catch('?') });
type SentKey = z.infer<typeof NewKey>;

interface RefusedKey {
  typed: SentKey;
  invalid: { name?: 'words'; ssh_key?: `ssh_key.${SshKeyFault}` };
}

/** The keys that the customer keeps for the servers to come. */
export async function showSshKeys(context: CustomerRequest) {
  const refused = refusedForm(context.req, '/profile/ssh-keys', NewKey);
  await renderKeys(context, refused && (readKey(refused.typed).refused ?? null));
}

/** Keeps a key. */
export async function submitSshKey(context: CustomerRequest) {
  const { db, clock, req, res, viewer, t } = context;
  const { key, refused } = readKey(parseForm(req.body, NewKey));
  if (refused) return renderKeys(context, refused);
  const { customerId } = viewer;
  if ((await listSshKeys(db, customerId)).length >= MOST_SSH_KEYS) {
    setFlash(req, 'error', t('profile.ssh_keys.flash.limit', { most: MOST_SSH_KEYS }));
    return res.redirect(303, '/profile/ssh-keys');
  }
  await keepSshKey(db, clock, { customerId, key });
  setFlash(req, 'success', t('profile.ssh_keys.flash.added', { name: key.comment || key.fingerprint }));
  res.redirect(303, '/profile/ssh-keys');
}

/** Forgets a key. */
export async function submitSshKeyRemoval({ db, req, res, viewer, t }: CustomerRequest) {
  await removeSshKey(db, { customerId: viewer.customerId, keyId: parseId(req.params['id']) });
  setFlash(req, 'success', t('profile.ssh_keys.flash.removed'));
  res.redirect(303, '/profile/ssh-keys');
}

/** A name that is given takes the place of the key's comment. */
function readKey(typed: SentKey) {
  const name = text(NAME_LENGTH).safeParse(typed.name);
  const key = parseSshKey(typed.ssh_key);
  if (name.success && typeof key !== 'string') return { key: { ...key, comment: name.data || key.comment } };
  const refused: RefusedKey = {
    // A private key is not shown again.
    typed: key === 'private' ? { ...typed, ssh_key: '' } : typed,
    invalid: {
      ...(!name.success && { name: 'words' }),
      ...(typeof key === 'string' && { ssh_key: `ssh_key.${key}` }),
    },
  };
  return { refused };
}

async function renderKeys(context: CustomerRequest, refused: RefusedKey | null) {
  await renderPage(context, 'profile/ssh-keys', await keysPage(context, refused), { status: refused ? 422 : 200 });
}

async function keysPage({ db, viewer, t }: CustomerRequest, refused: RefusedKey | null) {
  const { name, ssh_key } = refused?.invalid ?? {};
  const errors = {
    name: name && t('errors.field.words', { max: NAME_LENGTH }),
    ssh_key: ssh_key && t(`errors.field.${ssh_key}`),
  };
  return {
    title: t('profile.ssh_keys.title'),
    keys: await listSshKeys(db, viewer.customerId),
    typed: refused?.typed ?? { name: '', ssh_key: '' },
    errors,
    summary: Object.entries(errors).flatMap(([field, text]) => (text ? [{ href: `#${field}`, text }] : [])),
  };
}
export type SshKeysPage = PageOf<typeof keysPage>;
