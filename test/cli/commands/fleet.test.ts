import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../../src/engine/index.js'
import { telltale } from '../world.js'

const ROWS = 400
const DEVICES = ['p1', 'Pump 2', 'dead', 'brief']

/** Rows of a sample each, the devices in turn; `dead` never moves, `brief` has 20 samples. Later `Pump 2` runs far off from sample 100 on. */
function fleetTable(later: boolean, devices = DEVICES): string {
  const lines = ['time,machine,flow,pressure']
  for (let i = 0; i < ROWS; i++) {
    const time = new Date(Date.UTC(2024, later ? 1 : 0, 1) + i * 60_000).toISOString()
    devices.forEach((device, d) => {
      if (device === 'brief' && i >= 20) return
      const off = later && device === 'Pump 2' && i >= 100 && i < 130 ? 8 : 0
      const flow = device === 'dead' ? 1 : Math.sin(i / 8 + d) + 0.05 * Math.sin(i * 7.3 + d) + off
      const pressure = device === 'dead' ? 2 : 2 + Math.cos(i / 8 + d)
      lines.push(`${time},${device},${flow.toFixed(4)},${pressure.toFixed(4)}`)
    })
  }
  return `${lines.join('\n')}\n`
}

/** Samples of each device in a file of scores. */
async function devicesIn(file: string): Promise<Record<string, number>> {
  const engine = await openEngine({ files: [file] })
  const from = file.endsWith('.jsonl') ? `read_json('${file}')` : `'${file}'`
  try {
    const rows = await engine.rows(`select device, count(*)::integer as n from ${from} group by device`)
    return Object.fromEntries(rows.map(({ device, n }) => [String(device), Number(n)]))
  } finally {
    engine.close()
  }
}

let cwd: string
type Row = { device: string }
const GROUPED = ['--group-by', 'machine']
const SMALL = ['--window', '10', '--workers', '1', '--detector', 'linear-var']
const run = (...args: string[]) => telltale(args, { cwd })
const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await run(...args, '--format', 'json')
  return { code, stderr, result: JSON.parse(stdout) }
}
const manifest = (...path: string[]) => JSON.parse(readFileSync(join(cwd, ...path, 'manifest.json'), 'utf8'))
let trained: Awaited<ReturnType<typeof json>>

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'telltale-fleet-'))
  writeFileSync(join(cwd, 'history.csv'), fleetTable(false))
  writeFileSync(join(cwd, 'later.csv'), fleetTable(true, ['p1', 'Pump 2', 'stranger']))
  trained = await json('train', 'history.csv', '--out', 'fleet', ...GROUPED, ...SMALL)
}, 60_000)

afterAll(() => rmSync(cwd, { recursive: true }))

describe('telltale train --group-by', () => {
  it('trains a model for each device and goes on when one cannot be trained, which the exit code and the table tell', () => {
    expect(trained.code).toBe(3)
    expect(
      trained.result.map(({ device, rows, result }: Record<string, unknown>) => [device, rows, result]),
    ).toEqual([
      ['p1', ROWS, 'trained'],
      ['Pump 2', ROWS, 'trained'],
      ['dead', ROWS, expect.stringContaining('data-')],
      ['brief', 20, expect.stringContaining('data-too-short')],
    ])
  })

  it('names folders safely and keeps the real name in the manifest', () => {
    const folders = readdirSync(join(cwd, 'fleet')).sort()
    expect(folders).toEqual(['p1', expect.stringMatching(/^pump-2-[0-9a-f]{12}$/)])
    expect(manifest('fleet', folders[1]!).device).toBe('Pump 2')
    expect(manifest('fleet', 'p1')).toMatchObject({
      device: 'p1',
      timeColumn: 'time',
      channels: ['flow', 'pressure'],
    })
  })

  it('gives the same model as training on the device alone', async () => {
    const { code, stderr } = await run(
      'train',
      'history.csv',
      '--out',
      'alone',
      ...GROUPED,
      '--device',
      'p1',
      ...SMALL,
    )
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')])
    const weights = (...path: string[]) => manifest(...path).files['weights.safetensors'].sha256
    expect(weights('fleet', 'p1')).toBe(weights('alone'))
    expect(manifest('alone').device).toBe('p1')
  })

  it('ends with exit code 0 when every device has a model, and replaces models of before', async () => {
    const only = ['--where', "machine in ('p1', 'Pump 2')"]
    const train = ['train', 'history.csv', '--out', 'pair', ...GROUPED, ...SMALL]
    expect((await run(...train)).code).toBe(3)
    const { code, stdout } = await run(...train, ...only)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^2 models in pair$/m)
  })

  it('scores the rows that were kept in training, and others when asked to', async () => {
    const devices = async (...more: string[]) => {
      const { stderr, result } = await json('detect', 'later.csv', '--model', 'pair', ...GROUPED, ...more)
      return [
        stderr.includes('rows are kept as in training'),
        result.devices.map(({ device }: Row) => device).sort(),
      ]
    }
    expect(await devices()).toEqual([true, ['Pump 2', 'p1']])
    const all = ['--where', 'true']
    expect(await devices(...all)).toEqual([false, ['Pump 2', 'p1', 'stranger']])
  })

  it('trains on blocks of the devices that are larger than --memory', async () => {
    const lines = ['time,machine,a']
    for (let i = 0; i < 20_000; i++) {
      lines.push(`${60_000 * i},large,${Math.sin(i / 9).toFixed(3)}`)
      if (i % 4 === 0) lines.push(`${60_000 * i},small,${Math.sin(i / 36).toFixed(3)}`)
    }
    writeFileSync(join(cwd, 'large.csv'), `${lines.join('\n')}\n`)
    const args = ['--time-unit', 'ms', ...GROUPED, '--memory', '4', '--window', '10', '--detector', 'z-score']
    const { code, stderr } = await run('train', 'large.csv', '--out', 'mixed', ...args)
    expect([code, stderr]).toEqual([0, expect.stringMatching(/large: .* trained on \d+ of 20000 samples/)])
    expect(manifest('mixed', 'large').training.blocks).toMatchObject({ ofRows: 20_000 })
    expect(manifest('mixed', 'small').training).toMatchObject({ rows: 5000 })
    expect(manifest('mixed', 'small').training.blocks).toBeUndefined()
  })

  it('tells what to do about a device that fails, and that its model of before stays', async () => {
    const train = (data: string) => json('train', data, '--out', 'again', ...GROUPED, ...SMALL)
    writeFileSync(join(cwd, 'well.csv'), fleetTable(false, ['p1', 'p2']))
    writeFileSync(join(cwd, 'hole.csv'), fleetTable(false, ['p1', 'p2']).replace(/^(.*,p2,)[^,]+/m, '$1'))
    await train('well.csv')
    const before = manifest('again', 'p2')
    const { code, stderr, result } = await train('hole.csv')
    expect(code).toBe(3)
    expect(result[1]).toMatchObject({ device: 'p2', model: null })
    expect(result[1].result).toContain('at 2024-01-01T00:00:00.000Z')
    expect(stderr).toMatch(/p2: it was not trained: .*--missing/)
    expect(stderr).toContain('p2: its model from an earlier training remains in again/p2')
    expect(stderr).not.toContain('p1: ')
    expect(manifest('again', 'p2')).toEqual(before)
  })

  it('warns about an unreliable expected alarm rate only when one was asked for', async () => {
    writeFileSync(join(cwd, 'well.csv'), fleetTable(false, ['p1']))
    const asked = ['--false-alarms', '1/year']
    const { result } = await json('train', 'well.csv', '--out', 'asked', ...GROUPED, ...SMALL, ...asked)
    expect(result[0].result).toContain('calibration scores')
  })

  it('refuses to put a fleet over a model', async () => {
    await run('train', 'history.csv', '--out', 'single', ...GROUPED, '--device', 'p1', ...SMALL)
    const { code, stderr } = await run('train', 'history.csv', '--out', 'single', ...GROUPED, ...SMALL)
    expect([code, stderr]).toEqual([4, expect.stringContaining('error [artefact-exists]')])
  })

  it('leaves out of a model the channels that its device has no reading of', async () => {
    const lines = ['time,device,sensor,value']
    for (let i = 0; i < 200; i++) {
      lines.push(`${60_000 * i},a,flow,${Math.sin(i / 7).toFixed(3)}`)
      lines.push(`${60_000 * i},b,level,${Math.cos(i / 5).toFixed(3)}`)
    }
    writeFileSync(join(cwd, 'long.csv'), `${lines.join('\n')}\n`)
    const { code, stderr } = await run(
      'train',
      'long.csv',
      '--out',
      'sensors',
      '--group-by',
      'device',
      ...SMALL,
    )
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^note: a: no readings of level: .*\nnote: b: no readings of flow: /m),
    ])
    expect([manifest('sensors', 'a').channels, manifest('sensors', 'b').channels]).toEqual([
      ['flow'],
      ['level'],
    ])
    const scored = await json('detect', 'long.csv', '--model', 'sensors', '--scores', 'sensors.csv')
    expect(scored.code).toBe(0)
    const [header, first] = readFileSync(join(cwd, 'sensors.csv'), 'utf8').split('\n')
    expect(header).toBe('device,time,score,p_value,severity,flag,reason,residual:flow,residual:level')
    expect(first).toMatch(/^a,/)
  })
})

describe('telltale detect on a fleet', () => {
  it('names the device that differs from its history for most of the time', async () => {
    const [header, ...rows] = fleetTable(true, ['p1', 'Pump 2']).trim().split('\n')
    const moved = rows.map(row => {
      const [time, device, flow, pressure] = row.split(',')
      return device === 'p1'
        ? [time, device, Number(flow) + 30 * Math.sin(0.9 * rows.indexOf(row)), pressure].join(',')
        : row
    })
    writeFileSync(join(cwd, 'moved.csv'), `${[header, ...moved].join('\n')}\n`)
    const { stderr } = await run('detect', 'moved.csv', '--model', 'fleet', ...GROUPED)
    expect(stderr).toMatch(/note: p1: events last for more than half of the scored samples/)
    const usual = await run('detect', 'later.csv', '--model', 'fleet', ...GROUPED)
    expect(usual.stderr).not.toContain('more than half')
  })

  it('scores each device by its own model, most severe first, and names the device without one', async () => {
    const files = ['--scores', 'scores.csv', '--events', 'events.csv']
    const { code, stderr, result } = await json(
      'detect',
      'later.csv',
      '--model',
      'fleet',
      ...GROUPED,
      ...files,
    )
    expect(code).toBe(0)
    expect(stderr).toContain('stranger: no model; its 400 samples were not scored')
    const { devices, events } = result
    expect(devices[0]).toMatchObject({ device: 'Pump 2', samples: ROWS, result: 'anomalies' })
    const normal = devices.filter((row: { result: string }) => row.result === 'normal')
    expect(
      normal.map(({ severity, score, events }: Record<string, unknown>) => [severity, score, events]),
    ).toEqual(normal.map(() => [null, null, 0]))
    expect(devices.find((row: { device: string }) => row.device === 'stranger').result).toBe('no model')
    expect(events[0]).toMatchObject({ device: 'Pump 2', peak: expect.stringMatching(/T0(1:[45]|2:0)/) })
    expect(events[0].sentence).toMatch(/^(flow|pressure) /)
    expect(['sensor', 'machine', 'operation', 'unclear']).toContain(events[0].verdict)
    const severities = events.map(({ severity }: { severity: number }) => severity)
    expect(severities).toEqual([...severities].sort((a, b) => b - a))
    const [header, first] = readFileSync(join(cwd, 'events.csv'), 'utf8').split('\n')
    expect(header).toBe(
      'device,id,start,end,onset,peak,score,p_value,severity,channels,kind,verdict,reason,sentence',
    )
    expect(first).toMatch(/^Pump 2,/)
    const scores = readFileSync(join(cwd, 'scores.csv'), 'utf8').trim().split('\n')
    expect(scores).toHaveLength(1 + 2 * ROWS)
    expect(scores[0]).toMatch(/^device,time,score/)
  })

  it('gives a device the same scores as its model alone, whole and chunk by chunk', async () => {
    const scoresOf = (file: string) => readFileSync(join(cwd, file), 'utf8').trim().split('\n').slice(1)
    await run('detect', 'later.csv', '--model', 'fleet', '--scores', 'all.csv')
    await run('detect', 'later.csv', '--model', 'fleet', '--scores', 'chunked.csv', '--chunk-rows', '64')
    await run(
      'detect',
      'later.csv',
      '--model',
      'fleet',

      '--device',
      'p1',
      '--scores',
      'alone.csv',
    )
    const all = scoresOf('all.csv')
    expect(scoresOf('chunked.csv')).toEqual(all)
    expect(all.filter(line => line.startsWith('p1,')).map(line => line.slice(3))).toEqual(
      scoresOf('alone.csv'),
    )
  })

  it.each(['csv', 'jsonl', 'parquet'])(
    'has all scores of a device in a file of %s, or none',
    async ending => {
      const holed = fleetTable(true, ['p1', 'Pump 2']).trim().split('\n')
      // The hole comes when chunks before it were scored and written.
      holed[1 + 2 * 300] = holed[1 + 2 * 300]!.replace(/^(.*,p1,)[^,]+/, '$1')
      writeFileSync(join(cwd, 'late-hole.csv'), `${holed.join('\n')}\n`)
      const file = `late-hole-scores.${ending}`
      const args = ['--model', 'fleet', ...GROUPED, '--scores', file, '--chunk-rows', '64']
      const { code, stderr } = await run('detect', 'late-hole.csv', ...args)
      expect(code).toBe(3)
      expect(stderr).toMatch(/p1: it was not scored: .*--missing/)
      expect(await devicesIn(join(cwd, file))).toEqual({ 'Pump 2': ROWS })
      expect(stderr).not.toContain('do not count')
    },
  )

  it('tells how the flags of all devices agree with their labels, whole and chunk by chunk', async () => {
    const label = (line: string, i: number) =>
      i === 0
        ? `${line},label`
        : `${line},${/,Pump 2,.*/.test(line) && Math.ceil(i / 2) > 100 && Math.ceil(i / 2) <= 130 ? 1 : 0}`
    const lines = fleetTable(true, ['p1', 'Pump 2']).trim().split('\n').map(label)
    writeFileSync(join(cwd, 'labelled.csv'), `${lines.join('\n')}\n`)
    const detect = (...more: string[]) =>
      json('detect', 'labelled.csv', '--model', 'fleet', ...GROUPED, ...more)
    const whole = await detect()
    const { labels, devices } = whole.result
    expect(labels).toMatchObject({ labelledEvents: 1, foundEvents: 1 })
    expect(labels.truePositives + labels.falseNegatives).toBe(30)
    const flagged = devices.reduce((sum: number, row: { flagged: number }) => sum + row.flagged, 0)
    expect(labels.truePositives + labels.falsePositives).toBe(flagged)
    expect((await detect('--chunk-rows', '64')).result.labels).toEqual(labels)
    const { stdout } = await run('detect', 'labelled.csv', '--model', 'fleet', ...GROUPED)
    expect(stdout).toContain('labelled events found: 1 of 1')
  })

  it('scores every device by one model, when that is what it is given', async () => {
    const { code, result } = await json('detect', 'later.csv', '--model', 'fleet/p1', ...GROUPED)
    expect(code).toBe(0)
    expect(result.devices.map(({ device }: { device: string }) => device).sort()).toEqual([
      'Pump 2',
      'p1',
      'stranger',
    ])
    expect(result.devices.every(({ scored }: { scored: number }) => scored > 0)).toBe(true)
  })

  it.each([
    ['detect', '--report'],
    ['report', '--out'],
  ])('refuses the page of %s, which is about one device, unless one is named', async (command, option) => {
    const asked = [command, 'later.csv', '--model', 'fleet', ...GROUPED, option, 'page.html']
    const { code, stderr } = await run(...asked)
    expect([code, stderr]).toEqual([2, expect.stringContaining('error [option-one-device]')])
    expect(stderr).toContain('--device NAME')
    expect(existsSync(join(cwd, 'page.html'))).toBe(false)
    expect((await run(...asked, '--device', 'p1')).code).toBe(0)
    expect(existsSync(join(cwd, 'page.html'))).toBe(true)
    rmSync(join(cwd, 'page.html'))
  })

  it.each(['--sweep', '--inflated'])(
    'refuses %s of evaluate, which rows of devices do not show',
    async option => {
      const asked = ['evaluate', 'later.csv', '--model', 'fleet', '--no-labels', ...GROUPED, option]
      const { code, stderr } = await run(...asked)
      expect([code, stderr]).toEqual([2, expect.stringContaining(`${option} is about one device`)])
    },
  )

  it('fails on an anomaly when asked to, tells a device that it cannot score, and when no device has a model', async () => {
    const all = ['detect', 'later.csv', '--model', 'fleet', ...GROUPED]
    expect((await run(...all, '--fail-on-anomaly')).code).toBe(10)
    const holed = fleetTable(true, ['p1', 'Pump 2']).replace(/^(.*,p1,)[^,]+/m, '$1')
    writeFileSync(join(cwd, 'holed.csv'), holed)
    const { code, result } = await json('detect', 'holed.csv', '--model', 'fleet', ...GROUPED)
    expect(code).toBe(3)
    const p1 = result.devices.find(({ device }: { device: string }) => device === 'p1')
    expect(p1.result).toContain('data-missing-value')
    writeFileSync(join(cwd, 'strangers.csv'), fleetTable(true, ['x', 'y']))
    expect((await run('detect', 'strangers.csv', '--model', 'fleet', ...GROUPED)).code).toBe(4)
  })
})

describe('telltale threshold on a fleet', () => {
  it('finds a level for each model by the same rule, from the scores it keeps or from normal rows of its device', async () => {
    const levels = () =>
      ['p1', ...readdirSync(join(cwd, 'fleet')).filter(name => /^pump/.test(name))].map(
        folder => manifest('fleet', folder).calibration.causal.level,
      )
    const before = levels()
    const shown = await json('threshold', 'fleet', '--quantile', '0.9')
    expect(shown.stderr).toContain('nothing was written')
    const told = shown.result.map(({ device, scores, threshold }: Record<string, string>) =>
      [device, scores, threshold].join(', '),
    )
    expect(told).toEqual(
      ['Pump 2', 'p1'].flatMap(device =>
        ['causal', 'two-sided'].flatMap(scores =>
          ['before', 'after'].map(when => `${device}, ${scores}, ${when}`),
        ),
      ),
    )
    expect(levels()).toEqual(before)
    const { code, stderr } = await run(
      'threshold',
      'fleet',
      'later.csv',
      '--quantile',
      '0.9',
      '--out',
      'lower',
    )
    expect([code, stderr]).toEqual([0, expect.stringContaining('stranger: the fleet has no model for it')])
    expect(manifest('lower', 'p1')).toMatchObject({ device: 'p1', options: { quantile: 0.9 } })
    expect(manifest('lower', 'p1').calibration.causal.level).toBeLessThan(before[0]!)
  })
})

describe('a command that evaluates one model', () => {
  it.each([
    ['explain', 'later.csv', '--model', 'fleet'],
    ['threshold', 'fleet', 'later.csv', '--device', 'nobody'],
  ])('says that it needs a device, or that there is no such one: %s', async (...args) => {
    const { code, stderr } = await run(...args)
    expect([2, 4]).toContain(code)
    expect(stderr).toMatch(/error \[(device-needed|artefact-missing)\].*p1, Pump 2|Pump 2, p1/)
  })

  it('names a device that there is, which works: explain --group-by', async () => {
    const told = async (...args: string[]) => (await run('explain', 'later.csv', ...args)).stderr
    expect(await told('--model', 'fleet', ...GROUPED)).toContain("Give --device 'Pump 2', or another of them")
    const one = await told('--model', 'fleet/p1', ...GROUPED)
    expect(one).toContain('Give --group-by machine: ')
    expect(
      (await run('explain', 'later.csv', '--model', 'fleet', ...GROUPED, '--device', 'Pump 2')).code,
    ).toBe(0)
  })

  it('says that a table of several devices needs --device: backtest', async () => {
    const more = ['--retrain-every', '100', ...SMALL]
    const { code, stdout, stderr } = await run('backtest', 'history.csv', ...GROUPED, ...more)
    expect([code, stdout + stderr]).toEqual([3, expect.stringMatching(/4 devices|--device/)])
  })
})

describe('telltale validate --group-by', () => {
  it('calls those devices valid that train takes, and no others', async () => {
    const { result } = await json('validate', 'history.csv', ...GROUPED)
    const all = await json('train', 'history.csv', ...GROUPED, '--out', 'usual', '--detector', 'linear-var')
    const trainedOnes = (all.result.devices ?? all.result).filter(
      (row: { model: unknown }) => row.model !== null,
    )
    const valid = result.filter((row: { result: string }) => row.result === 'valid')
    expect(valid.map(({ device }: Row) => device)).toEqual(trainedOnes.map(({ device }: Row) => device))
    expect(valid.length).toBeGreaterThan(0)
    expect(result.find(({ device }: Row) => device === 'brief')['first problem']).toContain(
      'too few for training',
    )
  })
})
