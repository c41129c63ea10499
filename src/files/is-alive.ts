import { readFileSync } from 'node:fs'

/**
 * Whether a process of this machine runs; one of another user counts. A process that has ended counts as gone, also while the one that started it
 * has not asked for its exit code: where the first process of a container never does, its number would stay for ever.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return !hasEnded(pid)
}

/** From /proc, which Linux alone has. */
function hasEnded(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name before the state is in parentheses and may hold any character.
    return 'ZX'.includes(stat[stat.lastIndexOf(')') + 2])
  } catch {
    return false
  }
}
