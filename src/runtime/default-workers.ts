import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { MAX_THREADS } from './tickets.js'

/**
 * Threads when the user does not say: the cores that this process may run on (its affinity), no more than the CPU quota of its container, 1 to 8.
 */
export function defaultWorkers(root?: string): number {
  return Math.max(1, Math.min(MAX_THREADS, availableParallelism(), Math.ceil(cpuQuota(root))))
}

/**
 * Cores' worth of time that the control groups of this process allow, version 1 or 2; Infinity when there is no limit or none can be read. A group is
 * limited by those above it, too.
 *
 * A `cpu.max` that holds "150000 100000" is 1.5.
 *
 * @param root of the file system
 */
export function cpuQuota(root = '/'): number {
  const lines = (read(root, 'proc/self/cgroup') ?? '').split('\n')
  let quota = Number.POSITIVE_INFINITY
  for (const line of lines) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    if (path === '') continue
    if (controllers === '')
      quota = Math.min(
        quota,
        lowest(path, group => quotaOfV2(root, group)),
      )
    else if (controllers.split(',').includes('cpu'))
      quota = Math.min(
        quota,
        lowest(path, group => quotaOfV1(root, controllers, group)),
      )
  }
  return quota
}

/** The lowest quota of a group and all above it. Inside a container the path may be that of the host: what is not there has no limit. */
function lowest(path: string, quotaOf: (group: string) => number): number {
  const names = path.split('/').filter(name => name !== '' && name !== '..')
  let quota = quotaOf('')
  for (let depth = 1; depth <= names.length; depth++)
    quota = Math.min(quota, quotaOf(names.slice(0, depth).join('/')))
  return quota
}

function quotaOfV2(root: string, group: string): number {
  const [quota, period] = (read(root, 'sys/fs/cgroup', group, 'cpu.max') ?? '').trim().split(/\s+/)
  return ratio(quota, period)
}

function quotaOfV1(root: string, controllers: string, group: string): number {
  for (const folder of [controllers, 'cpu', 'cpu,cpuacct', 'cpuacct,cpu']) {
    const file = (name: string) => read(root, 'sys/fs/cgroup', folder, group, name)?.trim()
    const quota = file('cpu.cfs_quota_us')
    if (quota !== undefined) return ratio(quota, file('cpu.cfs_period_us'))
  }
  return Number.POSITIVE_INFINITY
}

function ratio(quota: string | undefined, period: string | undefined): number {
  const cores = Number(quota) / Number(period)
  return cores > 0 ? cores : Number.POSITIVE_INFINITY
}

function read(root: string, ...path: string[]): string | undefined {
  try {
    return readFileSync(join(root, ...path), 'utf8')
  } catch {
    return undefined
  }
}
