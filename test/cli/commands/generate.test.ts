import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTable } from '../../../src/ingest/index.js'
import { scratchFolder, telltale } from '../world.js'

const PLANT = ['generate', '--out', 'plant', '--rows', '500', '--faults', '5', '--seed', '3']

describe('telltale generate', () => {
  it('writes a clean training file and a labelled test file with the list of its faults', async () => {
    const cwd = scratchFolder()
    const { code, stdout } = await telltale(PLANT, { cwd })
    expect(code).toBe(0)
    expect(readdirSync(join(cwd, 'plant')).sort()).toEqual([
      'events.csv',
      'labels.csv',
      'test.csv',
      'train.csv',
    ])
    expect(stdout).toContain(join('plant', 'test.csv'))
    const train = await readTable(join(cwd, 'plant', 'train.csv'))
    const test = await readTable(join(cwd, 'plant', 'test.csv'))
    expect(train.labels).toBeUndefined()
    expect(test.frame.channels).toEqual(train.frame.channels)
    const events = readFileSync(join(cwd, 'plant', 'events.csv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
    expect(events).toHaveLength(5)
    for (const event of events) {
      const [, , start, end, startSample, endSample] = event.split(',')
      expect(test.frame.timeMs[Number(startSample)]).toBe(Date.parse(start))
      expect((Date.parse(end) - Date.parse(start)) / 60_000).toBe(Number(endSample) - Number(startSample))
      expect(test.labels?.subarray(Number(startSample), Number(endSample)).every(label => label === 1)).toBe(
        true,
      )
    }
  })

  it('writes the same bytes for the same seed', async () => {
    const [a, b] = [scratchFolder(), scratchFolder()]
    await telltale(PLANT, { cwd: a })
    await telltale(PLANT, { cwd: b })
    for (const file of readdirSync(join(a, 'plant'))) {
      expect(readFileSync(join(a, 'plant', file))).toEqual(readFileSync(join(b, 'plant', file)))
    }
  })

  it('keeps the header of the list of faults when there are none', async () => {
    const cwd = scratchFolder()
    await telltale([...PLANT, '--faults', '0'], { cwd })
    expect(readFileSync(join(cwd, 'plant', 'events.csv'), 'utf8')).toMatch(/^id,kind,.*magnitude\n$/)
  })

  it('writes sines with one label per line', async () => {
    const cwd = scratchFolder()
    await telltale(['generate', '--out', 'sines', '--mode', 'sine', '--rows', '300'], { cwd })
    const labels = readFileSync(join(cwd, 'sines', 'sensor_labels.csv'), 'utf8')
      .trim()
      .split('\n')
    expect(labels).toHaveLength(300)
    expect(labels.filter(label => label === '1')).toHaveLength(20)
  })

  it('refuses a folder below a file before it makes anything', async () => {
    const cwd = scratchFolder()
    writeFileSync(join(cwd, 'file'), '')
    const { code, stderr } = await telltale(['generate', '--out', 'file/plant'], { cwd })
    expect(code).toBe(1)
    expect(stderr).toContain(
      'error [file-unwritable]: file/plant cannot be written: a part of its path is a file',
    )
  })

  it('refuses to run without a folder', async () => {
    const { code, stderr } = await telltale(['generate'])
    expect([code, stderr.split('\n')[0]]).toEqual([
      2,
      'error [option-missing]: --out is required and was not given',
    ])
  })
})
