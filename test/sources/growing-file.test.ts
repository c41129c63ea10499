import { appendFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Json } from '../../src/core/state.js'
import {
  createDecoder,
  openGrowingFile,
  parseMapping,
  placeOf,
  type RawMessage,
  type Source,
} from '../../src/sources/index.js'
import { scratchFolder } from '../cli/world.js'

const bad: string[] = []
const options = {
  decode: createDecoder(parseMapping([])),
  onBad: (_: unknown, reason: string) => void bad.push(reason),
  capacity: 100,
  lines: 'auto',
  follow: true,
  pollMs: 1,
} as const

async function open(path: string, from?: Json, more = {}): Promise<Source> {
  const source = await openGrowingFile(path, { ...options, ...more }, from)
  onTestFinished(async () => {
    source.stop()
    await source.close()
  })
  return source
}

/** The next values, and the position after them. */
async function take(source: Source, count: number): Promise<{ values: number[]; position: Json }> {
  const values: number[] = []
  let position: Json = null
  while (values.length < count) {
    const delivery = await source.take(count - values.length, 50)
    if (delivery === undefined) break
    for (const message of delivery.messages) values.push(Number(message.values[0]))
    position = delivery.position
  }
  return { values, position }
}

describe('a growing file', () => {
  it('gives lines as they are written; a line without its end waits', async () => {
    const path = join(scratchFolder(), 'a.ndjson')
    writeFileSync(path, '{"a":1}\n{"a":')
    const source = await open(path)
    expect((await take(source, 1)).values).toEqual([1])
    expect((await source.take(9, 20))?.messages).toEqual([])
    appendFileSync(path, '2}\n')
    expect((await take(source, 1)).values).toEqual([2])
  })

  it('reads a renamed file to its end, then the new one with its own header', async () => {
    const path = join(scratchFolder(), 'a.csv')
    writeFileSync(path, 'a,b\n1,0\n')
    const source = await open(path)
    expect((await take(source, 1)).values).toEqual([1])
    appendFileSync(path, '2,0\n3,0')
    renameSync(path, `${path}.1`)
    writeFileSync(path, 'a\n4\n')
    expect((await take(source, 3)).values).toEqual([2, 3, 4])
  })

  it('begins again when the file was cut', async () => {
    const path = join(scratchFolder(), 'a.ndjson')
    writeFileSync(path, '{"a":1}\n{"a":2}\n')
    const source = await open(path)
    expect((await take(source, 2)).values).toEqual([1, 2])
    truncateSync(path, 0)
    appendFileSync(path, '{"a":3}\n')
    expect((await take(source, 1)).values).toEqual([3])
  })

  it('goes on behind a position, with the header of the file', async () => {
    const path = join(scratchFolder(), 'a.csv')
    writeFileSync(path, 'b,a\n1,0\n2,0\n')
    const { position } = await take(await open(path), 1)
    expect((await take(await open(path, position), 1)).values).toEqual([2])
  })

  it('has the same positions behind a position, whatever its format', async () => {
    const path = join(scratchFolder(), 'a.txt')
    for (const [lines, text] of [
      ['ndjson', '{"a":1}\n{"a":2}\n{"a":3}\n'],
      ['csv', 'a,b\n1,0\n2,0\n3,0\n'],
    ] as const) {
      writeFileSync(path, text)
      const whole = await open(path, null, { lines })
      const { position } = await take(whole, 1)
      const rest = await open(path, position, { lines })
      expect(await take(rest, 1)).toEqual(await take(whole, 1))
      expect(await take(rest, 1)).toEqual(await take(whole, 1))
    }
  })

  it('names the line of what it cannot read, also behind a position', async () => {
    const path = join(scratchFolder(), 'a.csv')
    writeFileSync(path, 'a,b\n1,0\n\n2\n3,0\n4\n5,0\n')
    const places: string[] = []
    const more = { onBad: (raw: RawMessage) => void places.push(placeOf(raw)) }
    const { position } = await take(await open(path, null, more), 2)
    expect(places).toEqual([`${path}, line 4`])
    places.length = 0
    expect((await take(await open(path, position, more), 1)).values).toEqual([5])
    expect(places).toEqual([`${path}, line 6`])
  })

  it('takes another file with the position of an old one from its start', async () => {
    const path = join(scratchFolder(), 'a.ndjson')
    writeFileSync(path, '{"a":1}\n')
    const { position } = await take(await open(path), 1)
    writeFileSync(path, '{"a":7}\n{"a":8}\n')
    expect((await take(await open(path, position), 2)).values).toEqual([7, 8])
  })

  it('ends where it is not followed, with a last line that has no end', async () => {
    const path = join(scratchFolder(), 'a.ndjson')
    writeFileSync(path, '{"a":1}\n\n{"a":2}')
    expect((await take(await open(path, null, { follow: false }), 9)).values).toEqual([1, 2])
  })

  it('skips lines that are too long, in constant memory', async () => {
    const path = join(scratchFolder(), 'a.ndjson')
    writeFileSync(path, `{"a":1}\n{"b":"${'x'.repeat(3 << 20)}"}\n{"a":2}\n`)
    bad.length = 0
    expect((await take(await open(path, null, { follow: false, lines: 'ndjson' }), 9)).values).toEqual([1, 2])
    expect(bad).toEqual(['too-large'])
  })

  it('that is not there is an error', async () => {
    await expect(open(join(scratchFolder(), 'none'))).rejects.toMatchObject({ code: 'file-not-found' })
  })
})
