import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Bytes of the files of a folder. */
export async function sizeOf(folder: string): Promise<number> {
  let bytes = 0
  for (const name of await readdir(folder))
    bytes += (await stat(join(folder, name)).catch(() => ({ size: 0 }))).size
  return bytes
}
