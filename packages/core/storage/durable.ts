import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * What is to be there after a power cut: a file's bytes are forced to the disk before its name is given to it, and the
 * folder that has the name after that (POSIX leaves both to the system's own time).
 */
export async function writeDurably(path: string, data: Uint8Array | string): Promise<void> {
  await using handle = await open(path, 'w');
  await handle.writeFile(data);
  await handle.datasync();
}

/** Renames within a folder. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
}

/** Makes the folder and those above it, and forces their names to the disk. */
export async function makeFolderDurably(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let at = path; at.length >= first.length; at = dirname(at)) await syncFolder(dirname(at));
}

export async function syncFolder(path: string): Promise<void> {
  try {
    await using handle = await open(path, 'r');
    await handle.sync();
  } catch (cause) {
    // Windows and some network file systems have no such thing; they keep names by themselves.
    if (!isCode(cause, 'EISDIR', 'EPERM', 'EINVAL', 'EACCES', 'ENOTSUP')) throw cause;
  }
}

function isCode(cause: unknown, ...codes: string[]): boolean {
  return cause instanceof Error && 'code' in cause && codes.includes(String(cause.code));
}
