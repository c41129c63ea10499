import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bundled } from '../browser/bundle.js'
import { ROOT, SOURCES } from '../guards/sources.js'

const { exports: entries, sideEffects } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const DOORS = Object.keys(entries).filter(door => door !== './package.json')
const BY_PATH = new Map(SOURCES.map(source => [source.path, source]))
/** The source of an entry. */
const fileOf = (door: string) => entries[door].default.replace('./dist/', 'src/').replace(/\.js$/, '.ts')

/** Every file and package that a file needs at run time. */
function graphOf(path: string, found = new Set<string>()): Set<string> {
  for (const { specifier, target, typeOnly } of BY_PATH.get(path)?.imports ?? []) {
    if (typeOnly || found.has(target ?? specifier)) continue
    found.add(target ?? specifier)
    if (target !== undefined) graphOf(target, found)
  }
  return found
}

const sizeOf = async (program: string) => (await bundled(program)).length

describe('the entries of the package', () => {
  it('each are one source file with its types', () => {
    expect(DOORS).toEqual(['.', './session', './nn', './stats', './evaluate', './io', './live'])
    for (const door of DOORS) expect(BY_PATH.has(fileOf(door))).toBe(true)
    expect(SOURCES.filter(({ room }) => room === 'doors').map(({ path }) => path)).toEqual(
      DOORS.map(fileOf).sort(),
    )
    expect(sideEffects).toBe(false)
  })

  it('name what they export', () => {
    const wholesale = DOORS.filter(door => BY_PATH.get(fileOf(door))?.text.includes('export *'))
    expect(wholesale).toEqual([])
  })

  it('are about 40 names in front', async () => {
    const names = Object.keys(await import('../../src/doors/index.js'))
    expect(names.length).toBeGreaterThan(30)
    expect(names.length).toBeLessThanOrEqual(42)
  })

  it('mean the same thing by the same name', async () => {
    const doors = await Promise.all(DOORS.map(door => import(join(ROOT, fileOf(door)))))
    const meanings = new Map<string, unknown>()
    for (const door of doors)
      for (const [name, value] of Object.entries(door)) {
        expect(meanings.get(name) ?? value).toBe(value)
        meanings.set(name, value)
      }
  })
})

describe.each(['./session', './nn', './stats', './evaluate'])('the entry %s', door => {
  it('imports nothing of Node.js', () => {
    const graph = [...graphOf(fileOf(door))]
    expect(graph.length).toBeGreaterThan(2)
    expect(graph.filter(name => name.startsWith('node:'))).toEqual([])
  })

  it('can be bundled for browsers', async () => {
    expect(await sizeOf(`export * from 'telltale${door.slice(1)}'`)).toBeGreaterThan(1000)
  })
})

describe('a bundle', () => {
  it('holds only what is used of the statistics', async () => {
    const size = await sizeOf(
      "import { mad, quantile } from 'telltale/stats'\nconsole.log(mad([1]), quantile([1], 0.5))",
    )
    expect(size).toBeLessThan(4000)
  })

  it('of nothing is nothing', async () => {
    const program = DOORS.filter(door => !['.', './io', './live'].includes(door)).map(
      door => `import 'telltale${door.slice(1)}'`,
    )
    expect(await sizeOf(program.join('\n'))).toBeLessThan(100)
  })
})
