import fs from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';

/** Files that are copied, or flushed to the disk, at once. */
const AT_ONCE = 8;

export interface CopyOptions {
  /** Of what is inside the folder, whether it is copied; a folder that is not is left out with all in it. */
  includes?: (relative: string) => boolean;
  /** The owner of the copies; by default this process's user. */
  owner?: { uid: number; gid: number } | undefined;
  onProgress?: (done: number, total: number) => void;
}

/**
 * Copies a folder with everything in it, with its modes, and waits until it is on the disk. A file that is gone when
 * its turn comes is left out: a running server removes some. @returns the bytes of the copies
 */
export async function copyFolder(
  source: string,
  target: string,
  { includes = () => true, owner, onProgress }: CopyOptions = {},
): Promise<number> {
  const { folders, files } = await list(source, includes);
  for (const folder of folders) {
    const copy = path.join(target, folder);
    await fs.mkdir(copy, { recursive: true, mode: 0o700 });
    if (owner) await fs.chown(copy, owner.uid, owner.gid);
  }
  let bytes = 0;
  let done = 0;
  const limit = pLimit(AT_ONCE);
  await limit.map(files, async (file) => {
    bytes += await copyFile(path.join(source, file), path.join(target, file), owner).catch(gone);
    onProgress?.(++done, files.length);
  });
  for (const folder of folders) await flush(path.join(target, folder));
  return bytes;
}

/** @returns its size */
export async function copyFile(source: string, target: string, owner?: CopyOptions['owner']): Promise<number> {
  await fs.copyFile(source, target);
  if (owner) await fs.chown(target, owner.uid, owner.gid);
  await flush(target);
  return (await fs.stat(target)).size;
}

export async function writeFile(file: string, text: string): Promise<void> {
  await fs.writeFile(file, text, { mode: 0o600 });
  await flush(file);
}

/** Waits until a file, or the names in a folder, are on the disk. */
export async function flush(file: string): Promise<void> {
  const handle = await fs.open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function gone(error: unknown): number {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
  throw error;
}

/** Relative to the root, which is the first of the folders. */
async function list(root: string, includes: (relative: string) => boolean) {
  const folders: string[] = [''];
  const files: string[] = [];
  for (const folder of folders) {
    const entries = await fs.readdir(path.join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
      if (folder === '' || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return [];
    });
    for (const entry of entries) {
      const relative = path.join(folder, entry.name);
      if (!includes(relative)) continue;
      if (entry.isDirectory()) folders.push(relative);
      else if (entry.isFile()) files.push(relative);
    }
  }
  return { folders, files };
}
