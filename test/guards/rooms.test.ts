import { describe, expect, it } from 'vitest'
import { expandRooms, type Import, parseSource, ROOMS, SOURCES, type Source } from './sources.js'

/** What is wrong with the imports of a file, one sentence each. */
function importFaults(source: Source): string[] {
  const row = ROOMS.find(r => r.room === source.room)
  if (!row) return source.room ? [`${source.path} is in no room of src/rooms.json`] : []
  const allowed = expandRooms(row.mayImport)
  const typesOf = expandRooms(row.typesOf ?? [])
  const faultOf = ({ specifier, target, typeOnly }: Import): string | undefined => {
    if (target === undefined) return
    const [, room, file] = target.split('/')
    if (room === row.room) return
    if (!ROOMS.some(r => r.room === room)) return `${source.path} imports ${specifier}, outside every room`
    if (room !== 'core' && file !== 'index.ts')
      return `${source.path} imports ${specifier} past the index of its room`
    if (!allowed.has(room) && !(typeOnly && typesOf.has(room)))
      return `${source.path} imports ${room}, which the row of ${row.room} does not name`
  }
  return source.imports.map(faultOf).filter(fault => fault !== undefined)
}

/** What is wrong with the imports between the parts of a room. */
function partFaults({ path, room, imports }: Source): string[] {
  const parts = ROOMS.find(row => row.room === room)?.parts
  const partOf = (file: string) => (file.split('/').length > 3 ? file.split('/')[2] : undefined)
  const own = partOf(path)
  if (parts === undefined || own === undefined) return []
  if (!Object.hasOwn(parts, own)) return [`${path} is in no part that src/rooms.json names`]
  return imports
    .filter(({ target }) => target?.startsWith(`src/${room}/`))
    .map(({ target }) => partOf(target as string))
    .filter(part => part !== undefined && part !== own && !parts[own].includes(part))
    .map(part => `${path} imports ${part}, which the row of ${room}/${own} does not name`)
}

/** A chain of files that comes back to itself, or undefined. Types count too: a circle of types is a circle for the reader. */
function findCycle(sources: readonly Source[]): string[] | undefined {
  const byPath = new Map(sources.map(source => [source.path, source]))
  const done = new Set<string>()
  const visit = (path: string, chain: string[]): string[] | undefined => {
    if (chain.includes(path)) return [...chain.slice(chain.indexOf(path)), path]
    if (done.has(path)) return
    for (const { target } of byPath.get(path)?.imports ?? []) {
      const cycle = target !== undefined ? visit(target, [...chain, path]) : undefined
      if (cycle) return cycle
    }
    done.add(path)
  }
  for (const { path } of sources) {
    const cycle = visit(path, [])
    if (cycle) return cycle
  }
}

describe('rooms', () => {
  it('import only what their row in src/rooms.json names, through its index', () => {
    expect(SOURCES.flatMap(importFaults)).toEqual([])
  })

  it('import inside of a room only the parts that its row names', () => {
    expect(SOURCES.flatMap(partFaults)).toEqual([])
  })

  it('have no cycle of imports', () => {
    expect(findCycle(SOURCES)).toBeUndefined()
  })

  it('allow in the table only rooms of the same or a lower tier', () => {
    const tierOf = (room: string) => ROOMS.find(r => r.room === room)?.tier ?? Number.NaN
    const upward = ROOMS.flatMap(row =>
      [...expandRooms(row.mayImport)]
        .filter(room => !(tierOf(room) <= row.tier))
        .map(room => `${row.room} -> ${room}`),
    )
    expect(upward).toEqual([])
  })

  it('are refused when they look upward, past an index or outside', () => {
    const faults = (text: string) => importFaults(parseSource('src/scale/robust.ts', text))
    expect(faults("import { run } from '../cli/index.js'")).toHaveLength(1)
    expect(faults("import { median } from '../stats/median.js'")).toHaveLength(1)
    expect(faults("export * from '../../test/x.js'")).toHaveLength(1)
    expect(faults("import { median } from '../stats/index.js'")).toEqual([])
    expect(faults("import type { Frame } from '../core/frame.js'")).toEqual([])
  })

  it('are refused when they go round in a circle', () => {
    const a = parseSource('src/core/a.ts', "import { b } from './b.js'")
    const b = parseSource('src/core/b.ts', "export const c = () => import('./a.js')")
    expect(findCycle([a, b])).toEqual(['src/core/a.ts', 'src/core/b.ts', 'src/core/a.ts'])
  })
})
