import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { ConfigurationError } from './config.ts';

export interface Secrets {
  databaseOwnerPassword: string;
  databasePassword: string;
  session: string;
  sandbox: string;
}

const random = () => randomBytes(24).toString('base64url');

/** Like a recursive mkdir, which never returns on a virtual file system such as `/proc`. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await fs.mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    const parent = path.dirname(folder);
    if (code !== 'ENOENT' || (await exists(parent))) throw error;
    await makeFolder(parent);
    await fs.mkdir(folder);
  }
}

const exists = (file: string) =>
  fs.access(file).then(
    () => true,
    () => false,
  );

/**
 * Writes a file that is not there yet, whole: of two processes that start at the same moment neither reads half of what
 * the other writes.
 */
async function writeOnce(file: string, content: string): Promise<void> {
  if (await exists(file)) return;
  const written = `${file}.${randomBytes(6).toString('hex')}`;
  await fs.writeFile(written, content, { flag: 'wx', mode: 0o600 });
  try {
    await fs.link(written, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await fs.unlink(written);
  }
}

/** The key for what is kept secret in the database, made at the first start that needs one. */
export async function loadEncryptionKey(dataDir: string): Promise<string> {
  const file = path.join(dataDir, 'encryption-key');
  try {
    await makeFolder(dataDir);
    await writeOnce(file, randomBytes(32).toString('base64'));
    return await fs.readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(`Cannot keep ${file}: ${(error as Error).message}`);
  }
}

/** The key in a file that the operator keeps. @throws {ConfigurationError} */
export async function readEncryptionKey(file: string): Promise<string> {
  const text = await fs.readFile(file, 'utf8').catch((error: unknown) => {
    throw new ConfigurationError(`ENCRYPTION_KEY_FILE: ${(error as Error).message}`);
  });
  if (Buffer.from(text.trim(), 'base64').length !== 32)
    throw new ConfigurationError(`ENCRYPTION_KEY_FILE: ${file} does not hold 32 bytes in base64`);
  return text.trim();
}

/** The secrets of this installation, made at its first start and kept beside its data, readable by its owner only. */
export async function loadSecrets(dataDir: string): Promise<Secrets> {
  const file = path.join(dataDir, 'secrets.json');
  try {
    await makeFolder(dataDir);
    await writeOnce(
      file,
      JSON.stringify({
        databaseOwnerPassword: random(),
        databasePassword: random(),
        session: random(),
        sandbox: random(),
      } satisfies Secrets),
    );
  } catch (error) {
    throw new ConfigurationError(`Cannot write the data folder ${dataDir}: ${(error as Error).message}`);
  }
  try {
    return JSON.parse(await fs.readFile(file, 'utf8')) as Secrets;
  } catch (error) {
    throw new ConfigurationError(`Cannot read ${file}: ${(error as Error).message}`);
  }
}
