import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

const NAMES = ['telltale.yaml', 'telltale.yml']

/**
 * The configuration that holds for a folder: `telltale.yaml` (or `.yml`) in it or in the nearest of its parents, up to the
 * root of the repository (the folder with `.git`), or the root of the file system outside one.
 */
export async function findFile(cwd: string): Promise<string | undefined> {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    for (const name of NAMES) {
      const path = join(folder, name)
      if ((await stat(path).catch(() => undefined))?.isFile()) return path
    }
    const isRoot = (await stat(join(folder, '.git')).catch(() => undefined)) !== undefined
    if (isRoot || dirname(folder) === folder) return undefined
  }
}
