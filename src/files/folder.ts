import { mkdirSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'

// Not the recursive mkdir of Node, which never ends where the system refuses folders with ENOENT (in /proc).

/** Makes a folder and its parents, and adds those that were not there to `created`, outermost first. Errors are those of the file system. */
export async function makeFolder(folder: string, created: string[] = []): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    if (!parentIsMissing(folder, error)) return
    await makeFolder(dirname(folder), created)
    await mkdir(folder)
  }
  created.push(folder)
}

/** The same at once, for a program that is about to end. */
export function makeFolderSync(folder: string): void {
  try {
    mkdirSync(folder)
  } catch (error) {
    if (!parentIsMissing(folder, error)) return
    makeFolderSync(dirname(folder))
    mkdirSync(folder)
  }
}

/** False when the folder exists already; throws errors that creating a parent cannot fix. */
function parentIsMissing(folder: string, error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EEXIST') return false
  if (code !== 'ENOENT' || dirname(folder) === folder) throw error
  return true
}
