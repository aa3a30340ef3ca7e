import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Hash over folders of files and over texts, 16 hexadecimal digits: the name under which what is made of them is cached.
 * File names count as well as their contents; tests beside the code do not.
 */
export async function contentHash(folders: readonly string[], texts: readonly string[] = []): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of folders) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && !/\.(test\.ts|md)$/.test(entry.name));
    const paths = files.map((file) => join(file.parentPath, file.name)).toSorted();
    for (const path of paths)
      hash
        .update(path.slice(folder.length))
        .update('\0')
        .update(await readFile(path));
  }
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex').slice(0, 16);
}
