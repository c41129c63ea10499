import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { telltale } from '../world.js'

const cwd = mkdtempSync(join(tmpdir(), 'telltale-whole-fleet-'))
afterAll(() => rmSync(cwd, { recursive: true }))
const DEVICES = ['A', 'B', 'C']
/** Three devices in one table: B runs 100 higher; a fault of +6 on temp in the last 20 of every 200 rows when asked. */
function table(from: number, to: number, { fault = false, devices = DEVICES } = {}): string {
  const rows = Array.from({ length: to - from }, (_, k) => from + k).flatMap(i =>
    devices.map(device => {
      const noise = (k: number) => (((i + 1) * 7919 * (k + 3)) % 997) / 997
      const isFault = fault && i % 200 >= 180
      const temp = 20 + (device === 'B' ? 100 : 0) + Math.sin(i / 9) + noise(1) + (isFault ? 6 : 0)
      const time = new Date(Date.UTC(2024, 2, 1) + i * 60_000).toISOString()
      return `${time},${device},${temp.toFixed(3)},${(Math.cos(i / 9) + noise(2)).toFixed(3)},7,${isFault ? 1 : 0}`
    }),
  )
  return `time,dev,temp [°C],flow,note,label\n${rows.join('\n')}\n`
}
const run = (...args: string[]) => telltale(args, { cwd })
const folderOf = (device: string) =>
  readdirSync(join(cwd, 'fleet')).find(name => name.startsWith(device.toLowerCase()))!

beforeAll(async () => {
  writeFileSync(join(cwd, 'h.csv'), table(0, 800))
  writeFileSync(join(cwd, 'l.csv'), table(800, 1600, { fault: true }))
  const { code, stderr } = await run(
    ...[
      'train',
      'h.csv',
      '--group-by',
      'dev',
      '--out',
      'fleet',
      '--exclude-channels',
      'note',
      '--detector',
      'pca-q',
    ],
  )
  expect(code, stderr).toBe(0)
  expect(stderr).toContain(
    'columns: time time; label label; device dev; 2 channels temp [°C], flow; left out note; units known of 1',
  )
}, 60_000)

describe('a fleet', { timeout: 60_000 }, () => {
  it('is shown with one row per device, and everything as JSON', async () => {
    const { stdout } = await run('show', 'fleet', '--format', 'csv')
    expect(
      stdout
        .split('\n')
        .slice(1, 4)
        .map(line => line.split(',')[0]),
    ).toEqual(DEVICES)
    expect(stdout.split('\n')[0]).toContain(',first score,')
    const infos = JSON.parse((await run('show', 'fleet', '--format', 'json')).stdout)
    expect(infos.map(({ device }: { device: string }) => device)).toEqual(DEVICES)
    expect(infos[0].firstScore.afterSamples).toBeGreaterThanOrEqual(0)
  })

  it('is evaluated device by device, by labels of a column and of a file', async () => {
    const byColumn = await run(
      'evaluate',
      'l.csv',
      '--model',
      'fleet',
      '--labels',
      'label',
      '--format',
      'jsonl',
    )
    expect(byColumn.code, byColumn.stderr).toBe(0)
    const rows = byColumn.stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(rows.map(row => [row.device, row['labelled events'], row['vus-pr'] > 0.5, row.result])).toEqual(
      DEVICES.map(device => [device, 4, true, 'evaluated']),
    )
    const intervals = [980, 1180, 1380, 1580].map(i =>
      [i, i + 20].map(at => new Date(Date.UTC(2024, 2, 1) + at * 60_000).toISOString()).join(),
    )
    writeFileSync(join(cwd, 'labels.csv'), `start,end\n${intervals.join('\n')}\n`)
    const byFile = await run(
      'evaluate',
      'l.csv',
      '--model',
      'fleet',
      '--labels',
      'labels.csv',
      '--format',
      'jsonl',
    )
    expect(byFile.stdout).toBe(byColumn.stdout)
  })

  it('has its events as a table and as sentences, in the time zone that is asked for', async () => {
    const { stdout } = await run(
      'detect',
      'l.csv',
      '--model',
      'fleet',
      '--group-by',
      'dev',
      '--time-zone',
      '+02:00',
    )
    expect(stdout).toMatch(
      /^device +start \(\+02:00\) +duration +peak score +p-value +severity +channels +kind +id$/m,
    )
    for (const device of DEVICES) expect(stdout).toMatch(new RegExp(`^${device}  20.*: temp `, 'm'))
    // The smallest p-value that the calibration can give is a bound.
    expect(stdout).toMatch(new RegExp(`^${DEVICES[0]} .* <= 0\\.00\\d+ `, 'm'))
  })

  it('is checked and planned device by device', async () => {
    for (const source of [
      ['l.csv', '--model', 'fleet'],
      ['h.csv', '--group-by', 'dev'],
    ]) {
      const checked = await run('validate', ...source, '--format', 'csv')
      expect(
        checked.stdout
          .split('\n')
          .slice(1, 4)
          .map(line => line.split(',')[0]),
      ).toEqual(DEVICES)
      const planned = await run('plan', ...source, '--format', 'jsonl')
      expect(planned.code, planned.stderr).toBe(0)
      const rows = planned.stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line))
      expect(rows.map(({ device, samples, result }) => [device, samples, result])).toEqual(
        DEVICES.map(device => [device, 800, 'planned']),
      )
    }
    const refused = await run('validate', 'h.csv', '--group-by', 'dev', '--report', 'r.html')
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--report')])
  })

  it('is exported with a file per device', async () => {
    const { code, stdout, stderr } = await run('export', 'fleet', '--out', 'onnx', '--format', 'onnx')
    expect(code, stderr).toBe(0)
    for (const device of DEVICES) expect(stdout).toMatch(new RegExp(`^${device} .*exported`, 'm'))
    expect(
      readdirSync(join(cwd, 'onnx'))
        .map(name => name[0])
        .sort(),
    ).toEqual(['a', 'b', 'c'])
  })

  it('says of each device why it cannot be exported', async () => {
    const trained = await run('train', 'h.csv', '--group-by', 'dev', '--out', 'endless', '--detector', 'ewma')
    expect(trained.code, trained.stderr).toBe(0)
    const { code, stdout } = await run('export', 'endless', '--out', 'none', '--format', 'onnx')
    expect(code).toBe(2)
    for (const device of DEVICES) expect(stdout).toMatch(new RegExp(`^${device} .*cannot be exported`, 'm'))
    expect(existsSync(join(cwd, 'none'))).toBe(false)
  })

  it('has a note of one kind once, with the number of devices', async () => {
    writeFileSync(join(cwd, 'far.csv'), table(800, 1200).replaceAll(/,(-?\d+\.\d+),7,/g, ',99,7,'))
    const { stderr } = await run('detect', 'far.csv', '--model', 'fleet')
    const lines = stderr.split('\n').filter(line => line.includes('far outside'))
    expect(lines.length).toBe(1)
    expect(lines[0]).toContain('A and 2 more devices: ')
  })
})

describe('the model of one device', { timeout: 60_000 }, () => {
  it('reads the rows of its device from a table of several, and says so', async () => {
    const { stdout, stderr } = await run('detect', 'l.csv', '--model', `fleet/${folderOf('B')}`)
    expect(stderr).toContain('only the rows of B are read, the device of the model')
    expect(stdout).toContain('labelled events found: 4 of 4')
    expect(stdout).toMatch(/of 7\d\d scored samples|of 800 scored samples/)
  })

  it('takes a table of its device that has no column of devices', async () => {
    const own = table(800, 1000, { devices: ['B'] })
      .split('\n')
      .map(line => line.split(',').toSpliced(1, 1).join())
    writeFileSync(join(cwd, 'own.csv'), own.join('\n'))
    const { code, stderr } = await run('detect', 'own.csv', '--model', `fleet/${folderOf('B')}`)
    expect(code, stderr).toBe(0)
    expect(stderr).not.toContain('only the rows of')
  })

  it('is refused on a mixture when its training knew no devices', async () => {
    const single = table(0, 800, { devices: ['A'] })
      .split('\n')
      .map(line => line.split(',').toSpliced(1, 1).join())
    writeFileSync(join(cwd, 'single.csv'), single.join('\n'))
    expect((await run('train', 'single.csv', '--out', 'single', '--detector', 'pca-q')).code).toBe(0)
    const { code, stderr } = await run('detect', 'l.csv', '--model', 'single')
    expect(code).toBe(3)
    expect(stderr).toContain('contains 3 devices in the column dev')
    writeFileSync(join(cwd, 'odd.csv'), table(800, 1600).replace('dev', 'where'))
    expect((await run('detect', 'odd.csv', '--model', 'single')).stderr).toContain(
      'devices in the column where',
    )
    expect(
      (await run('detect', 'l.csv', '--model', 'single', '--group-by', 'dev', '--device', 'A')).code,
    ).toBe(0)
  })

  it('does not miss a column that its training left out', async () => {
    const less = table(800, 1000)
      .split('\n')
      .map(line => line.split(',').toSpliced(4, 1).join())
    writeFileSync(join(cwd, 'less.csv'), less.join('\n'))
    const { code, stderr } = await run('detect', 'less.csv', '--model', 'fleet')
    expect(code, stderr).toBe(0)
  })
})
