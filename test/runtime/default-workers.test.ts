import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { cpuQuota, defaultWorkers } from '../../src/runtime/index.js'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** A file system with these files, by path. */
function root(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-quota-'))
  folders.push(folder)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

const GROUPS = 'sys/fs/cgroup'

describe('the CPU quota of a container', () => {
  it.each([
    ['150000 100000\n', 1.5],
    ['max 100000\n', Number.POSITIVE_INFINITY],
    ['50000 100000\n', 0.5],
    ['', Number.POSITIVE_INFINITY],
    ['nonsense', Number.POSITIVE_INFINITY],
  ])('of version 2 is read from cpu.max: %j', (text, wanted) => {
    const files = { 'proc/self/cgroup': '0::/job/step\n', [`${GROUPS}/job/step/cpu.max`]: text }
    expect(cpuQuota(root(files))).toBe(wanted)
  })

  it('of version 2 is the lowest of a group and those above it', () => {
    const files = {
      'proc/self/cgroup': '0::/a/b/c\n',
      [`${GROUPS}/a/cpu.max`]: '200000 100000',
      [`${GROUPS}/a/b/cpu.max`]: '300000 100000',
      [`${GROUPS}/a/b/c/cpu.max`]: 'max 100000',
    }
    expect(cpuQuota(root(files))).toBe(2)
  })

  it('of version 2 is found at the root of what a container sees, whatever path the host has', () => {
    const files = {
      'proc/self/cgroup': '0::/../../kubepods/pod1\n',
      [`${GROUPS}/cpu.max`]: '250000 100000',
    }
    expect(cpuQuota(root(files))).toBe(2.5)
  })

  it.each(['cpu', 'cpu,cpuacct'])(
    'of version 1 is read from the quota and period of its group, mounted as %s',
    folder => {
      const files = {
        'proc/self/cgroup': '12:memory:/docker/1\n4:cpu,cpuacct:/docker/1\n1:name=systemd:/docker/1\n',
        [`${GROUPS}/${folder}/docker/1/cpu.cfs_quota_us`]: '120000\n',
        [`${GROUPS}/${folder}/docker/1/cpu.cfs_period_us`]: '100000\n',
        [`${GROUPS}/${folder}/cpu.cfs_quota_us`]: '-1\n',
        [`${GROUPS}/${folder}/cpu.cfs_period_us`]: '100000\n',
      }
      expect(cpuQuota(root(files))).toBe(1.2)
    },
  )

  it('is none where there are no control groups', () => {
    expect(cpuQuota(root({}))).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('the default number of threads', () => {
  it('is at least 1, at most 8, and not more than the cores that the process may run on', () => {
    expect(defaultWorkers()).toBeGreaterThanOrEqual(1)
    expect(defaultWorkers()).toBeLessThanOrEqual(Math.min(8, availableParallelism()))
  })

  it('is the quota rounded up', () => {
    const files = { 'proc/self/cgroup': '0::/\n', [`${GROUPS}/cpu.max`]: '50000 100000' }
    expect(defaultWorkers(root(files))).toBe(1)
    const more = { 'proc/self/cgroup': '0::/\n', [`${GROUPS}/cpu.max`]: '110000 100000' }
    expect(defaultWorkers(root(more))).toBe(Math.min(2, availableParallelism()))
  })
})
