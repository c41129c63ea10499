import { createHash, randomBytes } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8)
const PATTERN = /^\.([0-9a-f]{8})-(\d+)-[0-9a-f]{12}\.tmp$/
const OLD_MS = 24 * 3_600_000

/** A name in `folder` that nothing else uses, and that says which process made it: see `removeLeftovers`. */
export function temporaryIn(folder: string): string {
  return join(folder, `.${HOST}-${process.pid}-${randomBytes(6).toString('hex')}.tmp`)
}

/** Removes what processes left in `folder` that no longer run: those of this host at once, those of other hosts after a day. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const [, host, pid] = PATTERN.exec(name) ?? []
    if (host === undefined) continue
    const path = join(folder, name)
    const isDead = host === HOST && !isRunning(Number(pid))
    if (isDead || (await isOld(path))) await rm(path, { recursive: true, force: true }).catch(() => {})
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function isOld(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => undefined)
  return info !== undefined && Date.now() - info.mtimeMs > OLD_MS
}
