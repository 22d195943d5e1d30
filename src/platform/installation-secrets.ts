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

/** The secrets of this installation, made at its first start and kept beside its data, readable by its owner only. */
export async function loadSecrets(dataDir: string): Promise<Secrets> {
  const file = path.join(dataDir, 'secrets.json');
  try {
    await makeFolder(dataDir);
    await fs.writeFile(
      file,
      JSON.stringify({
        databaseOwnerPassword: random(),
        databasePassword: random(),
        session: random(),
        sandbox: random(),
      } satisfies Secrets),
      { flag: 'wx', mode: 0o600 },
    );
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EEXIST')
      throw new ConfigurationError(`Cannot write the data folder ${dataDir}: ${(error as Error).message}`);
  }
  try {
    return JSON.parse(await fs.readFile(file, 'utf8')) as Secrets;
  } catch (error) {
    throw new ConfigurationError(`Cannot read ${file}: ${(error as Error).message}`);
  }
}
