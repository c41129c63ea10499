import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createError } from '../core/errors.js'
import { isAlive, writeError } from '../files/index.js'

/**
 * Takes a folder for this process; the lock of a process that is gone is taken over.
 *
 * @returns gives the folder back
 * @throws SourceError `state-in-use`, `file-unwritable`
 */
export async function lockFolder(path: string): Promise<() => Promise<void>> {
  const file = join(path, 'lock')
  for (let attempt = 0; ; attempt++) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' })
      return () => rm(file, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt === 2) throw writeError(file, error)
      const pid = Number(await readFile(file, 'utf8').catch(() => ''))
      if (isRunning(pid)) throw createError('state-in-use', { path, pid })
      await rm(file, { force: true })
    }
  }
}

/** In a container this process may have the number of the one that was killed. */
function isRunning(pid: number): boolean {
  return Number.isInteger(pid) && pid > 0 && pid !== process.pid && isAlive(pid)
}
