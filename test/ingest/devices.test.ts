import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type DeviceTable, type ReadChunksOptions, readDevices, readTables } from '../../src/ingest/index.js'

const folder = mkdtempSync(join(tmpdir(), 'telltale-devices-test-'))
afterAll(() => rmSync(folder, { recursive: true }))
function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

/** What each device has, read whole, and joined from its chunks. */
async function everything(path: string, options: ReadChunksOptions) {
  const found = []
  for await (const table of await readDevices(path, options)) {
    const { frame, labels } = await table.read()
    const pieces = []
    for await (const chunk of table.chunks()) pieces.push(chunk)
    found.push({
      device: table.device,
      samples: table.samples,
      frame,
      labels,
      joined: {
        timeMs: pieces.flatMap(chunk => [...chunk.frame.timeMs]),
        values: pieces.flatMap(chunk => [...chunk.frame.values]),
        labels: pieces.flatMap(chunk => [...(chunk.labels ?? [])]),
      },
    })
  }
  return found
}

describe('readDevices', () => {
  it('gives what readTables gives, device by device, whatever the order of the rows and the size of the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('p1', 'p2', 'Pump 3'), { minLength: 1, maxLength: 90 }),
        fc.integer({ min: 1, max: 60 }),
        async (devices, chunkRows) => {
          const lines = devices.map((device, i) => `${i},${device},${i / 8},${-i},${i % 2}\n`)
          const path = file('rows.csv', `time,device,a,b,label\n${lines.join('')}`)
          const options = { deviceColumn: 'device', chunkRows }
          const tables = await readTables(path, options)
          const found = await everything(path, options)
          expect(found.map(({ device }) => device)).toEqual(tables.map(({ device }) => device))
          tables.forEach(({ frame, labels }, k) => {
            expect(found[k]!.frame).toEqual(frame)
            expect(found[k]!.labels).toEqual(labels)
            expect(found[k]!.samples).toBe(frame.timeMs.length)
            expect(found[k]!.joined).toEqual({
              timeMs: [...frame.timeMs],
              values: [...frame.values],
              labels: [...labels!],
            })
          })
        },
      ),
      { numRuns: 8, seed: 1, endOnFailure: true },
    )
  })

  it('reads a table with a row per reading, in which devices have different sensors', async () => {
    const lines = [0, 1, 2].flatMap(i => [`${i},p1,flow,${i}`, `${i},p2,level,${10 * i}`])
    const path = file('long.csv', `time,device,sensor,value\n${lines.join('\n')}\n`)
    const found = await everything(path, { missing: 'keep' })
    expect(found.map(({ device, frame }) => [device, frame.channels, [...frame.values]])).toEqual([
      ['p1', ['flow', 'level'], [0, Number.NaN, 1, Number.NaN, 2, Number.NaN]],
      ['p2', ['flow', 'level'], [Number.NaN, 0, Number.NaN, 10, Number.NaN, 20]],
    ])
  })

  it('takes a table without devices for one without a name', async () => {
    const found = await everything(file('one.csv', 'time,a\n0,1\n1,2\n'), {})
    expect(found.map(({ device, samples }) => [device, samples])).toEqual([['', 2]])
  })

  it('leaves nothing behind, when the loop ends, is left, or meets a broken row', async () => {
    const path = file('two.csv', 'time,device,a\n0,x,1\n0,y,2\n')
    // Others use the folder for temporary files at the same time.
    const own = mkdtempSync(join(folder, 'own-'))
    vi.stubEnv('TMPDIR', own)
    onTestFinished(() => void vi.unstubAllEnvs())
    await everything(path, { deviceColumn: 'device' })
    let first: DeviceTable | undefined
    for await (const table of await readDevices(path, { deviceColumn: 'device' })) {
      first = table
      break
    }
    await expect(first!.read()).rejects.toMatchObject({ code: 'file-not-found' })
    const broken = file('broken.csv', 'time,device,a\n0,x,1\n1,x,oops\n')
    await expect(everything(broken, { deviceColumn: 'device' })).rejects.toMatchObject({
      code: 'data-bad-cell',
    })
    expect(readdirSync(own)).toEqual([])
  })
})
