import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { caseFolder, changed, csv, healthy, MINUTE, plus, stamp } from './world.js'

// What models do with data of public reports, invented again, each with its right outcome. The number is that of the report.
const { cwd, file, read, tt, done, text } = caseFolder()
const history = healthy(0, 2500)
const later = healthy(2500, 4000)
const rowsOf = (name: string) =>
  text(name)
    .trim()
    .split('\n')
    .slice(1)
    .map(line => line.split(','))
const events = async (line: string): Promise<Record<string, unknown>[]> =>
  JSON.parse((await done(`${line} --format json`)).stdout).events
const at = (row: number) => stamp(Date.UTC(2024, 2, 1) + row * MINUTE)
const near = (time: unknown, row: number, rows: number) =>
  expect(
    Math.abs(Date.parse(String(time)) - Date.parse(at(row))) / MINUTE,
    `${time} near ${at(row)}`,
  ).toBeLessThanOrEqual(rows)

beforeAll(async () => {
  file('h.csv', csv(history))
  file('l.csv', csv(later))
  await done('train h.csv --out mh')
  await done('train h.csv --detector z-score --event-length 0 --out sharp')
})

describe('models of public reports', () => {
  it('case 12: rates follow the true span of time, however coarse the stamps are', async () => {
    const rate = async (name: string, stampOf: (time: string) => string) => {
      file(
        `${name}.csv`,
        csv(changed(history, ([time, ...cells], i) => [i < 0 ? time! : stampOf(time!), ...cells])),
      )
      const { stdout } = await done(`train ${name}.csv --out ${name}`)
      return /expected ([^;]+); .* over (.+?): /.exec(stdout)!.slice(1)
    }
    const exact = await rate('exact', time => time)
    expect(exact[1]).toBe('1 d 16 h')
    for (const [name, stampOf] of [
      ['tens', (time: string) => time.replace(/\d:00Z$/, '0:00Z')],
      ['hours', (time: string) => time.replace(/\d\d:00Z$/, '00:00Z')],
    ] as const) {
      const [found, over] = await rate(name, stampOf)
      expect(Math.abs(Number.parseFloat(found) / Number.parseFloat(exact[0]) - 1), found).toBeLessThan(0.05)
      expect([found.replace(/.*\//, ''), over]).toEqual(['week', exact[1]])
    }
    file('days.csv', csv(changed(history, ([time, ...cells]) => [time!.slice(0, 10), ...cells])))
    const days = await done('train days.csv --out days')
    expect(days.stdout).not.toMatch(/over \d{2,} d/)
  })

  it('case 39: sparse rows are resampled before a missing reading counts, by train as by validate', async () => {
    const rows = Array.from({ length: 2000 }, (_, i) => [
      stamp(Date.UTC(2024, 2, 1) + i * 30_000),
      i % 2 === 0 ? (20 + Math.sin(i / 40)).toFixed(4) : '',
      i % 2 === 1 ? (30 + Math.cos(i / 40)).toFixed(4) : '',
    ])
    file('sparse.csv', csv([['Timestamp', 'temp', 'flow'], ...rows]))
    await done('validate sparse.csv --cadence 5m --output five.csv')
    await done('train sparse.csv --cadence 5m --detector z-score --out sparse')
    const means = rowsOf('five.csv')
    const mean = (column: number, step: number) => {
      const cells = rows
        .slice(10 * step, 10 * step + 10)
        .map(row => row[column]!)
        .filter(cell => cell !== '')
      return cells.reduce((sum, cell) => sum + Number(cell), 0) / cells.length
    }
    expect(means.length).toBe(200)
    means.forEach(([, temp, flow], step) => {
      expect(Math.abs(Number(temp) - mean(1, step))).toBeLessThan(1e-12)
      expect(Math.abs(Number(flow) - mean(2, step))).toBeLessThan(1e-12)
    })
    const slow = rows.map(([time, temp], i) => [time!, temp || '20.5', i % 20 === 0 ? '31.5' : ''])
    file('slow.csv', csv([['Timestamp', 'temp', 'slow'], ...slow]))
    const held = await read(text('slow.csv'), {
      missing: 'keep',
      resample: { cadenceMs: MINUTE, toleranceMs: 10 * MINUTE },
    })
    expect([...held.frame.values].filter((value, i) => i % 2 === 1 && value !== 31.5)).toEqual([])
  })

  it('case 40: a silent sensor moves the scores of no other one where it is held, interpolated or dropped', async () => {
    file(
      'silent.csv',
      csv(changed(later, (row, i) => (i >= 600 && i < 700 ? [...row.slice(0, 3), ''] : row))),
    )
    for (const missing of ['hold', 'linear', 'drop']) {
      const found = await events(`detect silent.csv --model mh --missing ${missing}`)
      // A held reading may stand out itself; no other sensor is named.
      expect(
        found.filter(({ channels, score }) => !/^level/.test(String(channels)) || Number(score) > 1.1),
      ).toEqual([])
    }
    // What the others call for takes the place of the readings, where a repeated reading gave 43.
    expect(await events('detect silent.csv --model mh --missing mask')).toEqual([])
    // What a mask hides is said, with what leaves those samples out.
    const masked = await done('detect silent.csv --model mh --missing mask')
    expect(masked.stderr).toContain(
      'missing readings of level are filled with what the other channels call for (mask)',
    )
    expect(masked.stderr).toContain('--missing hold leaves such samples without a score')
    const scored = async (missing: string) =>
      /of (\d+) scored/.exec((await done(`detect silent.csv --model mh --missing ${missing}`)).stdout)![1]
    expect(Number(await scored('mask')) - Number(await scored('hold'))).toBeGreaterThan(90)
  })

  it('case 40: masking any sensor, for long or for short, raises no alarm, and hides no fault of the others', async () => {
    for (const detector of ['auto', 'ewma', 'pca-q']) {
      await done(`train h.csv --detector ${detector} --out mask-${detector}`)
      for (const [column, length] of [
        [1, 200],
        [2, 100],
        [3, 20],
      ] as const) {
        const isMasked = (i: number) => i >= 600 && i < 600 + length
        const hide = (row: string[], i: number) =>
          row.map((cell, k) => (k === column && isMasked(i) ? '' : cell))
        const masked = async (name: string, rows: string[][]) => {
          file(name, csv(changed(rows, hide)))
          return events(`detect ${name} --model mask-${detector} --missing mask`)
        }
        expect(await masked('masked.csv', later), `${detector} without column ${column}`).toEqual([])
        // Two of three channels of a plane always lie in it: the plane alone shows no fault of them.
        if (detector === 'pca-q') continue
        const other = (column % 3) + 1
        const faulty = changed(later, (row, i) =>
          row.map((cell, k) => (k === other && i >= 605 && i < 620 ? plus(cell, 6) : cell)),
        )
        const found = await masked('faulty.csv', faulty)
        expect(found.length, `${detector} with a fault of column ${other}`).toBeGreaterThan(0)
      }
    }
  })

  it('case 41: intervals of samples are counted from the start of the table, whatever --rows says', async () => {
    const rows = [...history.slice(1), ...later.slice(1)].map(([, ...cells]) => cells)
    const faulty = rows.map((row, i) => (i >= 3199 && i < 3259 ? [plus(row[0], 4), ...row.slice(1)] : row))
    file('numbered.csv', csv([['temp', 'flow', 'level'], ...faulty]))
    file('intervals.csv', 'start,end\n3199,3259\n')
    await done('train numbered.csv --rows :2500 --out numbered')
    for (const start of ['', '500', '2000']) {
      await done(`detect numbered.csv --rows ${start}: --model numbered --events e.csv`)
      const inFault = rowsOf('e.csv').filter(row => Number(row[1]) < 3259 && Number(row[2]) > 3199)
      expect(inFault.length).toBe(1)
      const { stdout } = await done(
        `evaluate numbered.csv --rows ${start}: --model numbered --labels intervals.csv --format json`,
      )
      const { metrics } = JSON.parse(stdout).rows[0].evaluation
      expect(metrics.recall).toBeGreaterThan(0.5)
    }
  })

  it('case 42: a JSON list of intervals is a file of labels', async () => {
    file(
      'faulty.csv',
      csv(
        changed(later, (row, i) => (i >= 700 && i < 760 ? [row[0]!, plus(row[1], 4), ...row.slice(2)] : row)),
      ),
    )
    file('intervals.json', '[[700, 760]]\n')
    file('same.csv', '700,760\n')
    const evaluate = async (labels: string) =>
      JSON.parse((await done(`evaluate faulty.csv --model mh --labels ${labels} --format json`)).stdout)
        .metrics
    expect(await evaluate('intervals.json')).toEqual(await evaluate('same.csv'))
  })

  it('case 43: options of networks are used or refused, never ignored', async () => {
    const weights = (name: string) => readFileSync(join(cwd, name, 'weights.safetensors')).toString('base64')
    for (const share of ['0', '0.05'])
      await tt(
        `train h.csv --rows :600 --detector autoencoder --architecture dense-ae --epochs 2 --trim ${share} --out trim${share}`,
      )
    expect(weights('trim0')).not.toBe(weights('trim0.05'))
    for (const [option, detector] of [
      ['--trim 0.05', 'auto'],
      ['--stride 7', 'auto'],
      ['--epochs 1', 'z-score'],
      ['--patience 3', 'pca-q'],
      ['--batch-size 8', 'committee'],
    ]) {
      const refused = await tt(`train h.csv --detector ${detector} ${option} --out trimmed`)
      const name = option!.split(' ')[0]
      expect([refused.code, refused.stderr]).toEqual([
        2,
        expect.stringContaining(`${name} has no effect on the detector ${detector}`),
      ])
      expect(refused.stderr).toContain(`Use --detector autoencoder, or leave ${name} out.`)
    }
    file('cheap.yaml', 'train:\n  detector: ewma\n  schedule: cosine\n')
    expect((await tt('train h.csv --config cheap.yaml --out trimmed')).stderr).toContain(
      '--schedule has no effect on the detector ewma',
    )
    const stride = await tt('detect l.csv --model mh --stride 5')
    expect(stride.stderr).toContain('--stride has no effect on a model of the detector auto')
    const switched = await tt(
      'train h.csv --rows :600 --epochs 2 --units 4 --latent 2 --window 8 --out switched',
    )
    expect(switched.stderr).toContain('is an option of networks: the detector is an autoencoder')
    expect(switched.stdout).toMatch(/^detector +autoencoder/m)
    const chosen = await tt(
      'train h.csv --rows :600 --trim 0.05 --architecture dense-ae --epochs 2 --out trimmed',
    )
    expect(chosen.stdout).toMatch(/^detector +autoencoder/m)
  })

  it('case 44: sentinels in the history are taken out by the remedy, and a fault of +4 is found', async () => {
    const random = createRandom(3)
    const dirty = changed(history, (row, i) =>
      i >= 0 && random.uniform() < 0.01
        ? [row[0]!, random.uniform() < 0.5 ? '85' : '-127', ...row.slice(2)]
        : row,
    )
    file('dirty.csv', csv(dirty))
    const { stdout } = await tt('validate dirty.csv')
    expect(stdout).toMatch(/--ranges|--where/)
    await done('validate dirty.csv --ranges temp=0..60 --fix --missing linear --output clean.csv')
    await done('train clean.csv --out clean')
    file(
      'plus.csv',
      csv(
        changed(later, (row, i) => (i >= 700 && i < 760 ? [row[0]!, plus(row[1], 4), ...row.slice(2)] : row)),
      ),
    )
    const found = await events('detect plus.csv --model clean')
    const faults = found.filter(({ score }) => Number(score) > 2)
    expect(faults.length).toBe(1)
    near(faults[0]!.start, 2500 + 700, 3)
  })

  it('case 45: start and onset of an event are near the start of the fault', async () => {
    file(
      'two.csv',
      csv(
        changed(later, (row, i) => {
          if (i >= 700 && i < 760) return [row[0]!, plus(row[1], 4), ...row.slice(2)]
          return i >= 1200 && i < 1260 ? [row[0]!, row[1]!, plus(row[2], 4), row[3]!] : row
        }),
      ),
    )
    const found = await events('detect two.csv --model mh --events two-events.csv')
    const faults = found.filter(({ score }) => Number(score) > 2)
    expect(faults.length).toBe(2)
    faults.forEach(({ start }, i) => {
      near(start, 2500 + [700, 1200][i]!, 2)
    })
    for (const [, start, , onset] of rowsOf('two-events.csv'))
      expect(Math.abs(Date.parse(onset!) - Date.parse(start!)) / MINUTE).toBeLessThanOrEqual(60)
  })

  it('case 46: scores do not depend on what follows, nor on how a table is cut', async () => {
    file('prefix.csv', csv(later.slice(0, 1201)))
    for (const name of ['l', 'prefix'])
      await done(`detect ${name}.csv --model mh --alignment causal --scores ${name}-scores.csv`)
    expect(rowsOf('prefix-scores.csv')).toEqual(rowsOf('l-scores.csv').slice(0, 1200))
    await done('detect l.csv --model mh --chunk-rows 777 --scores chunks.csv')
    await done('detect l.csv --model mh --scores whole.csv')
    expect(text('chunks.csv')).toBe(text('whole.csv'))
  })

  it('case 47: metrics equal their definition', async () => {
    file(
      'faulty.csv',
      csv(
        changed(later, (row, i) =>
          i >= 700 && i < 760
            ? [row[0]!, plus(row[1], 4), ...row.slice(2), '1']
            : [...row, i < 0 ? 'label' : '0'],
        ),
      ),
    )
    await done('detect faulty.csv --model mh --scores s.csv')
    const { metrics } = JSON.parse((await done('evaluate faulty.csv --model mh --format json')).stdout)
      .rows[0].evaluation
    let [tp, fp, fn, tn] = [0, 0, 0, 0]
    for (const [i, [, score, , , flag]] of rowsOf('s.csv').entries()) {
      if (score === '') continue
      const isFault = i >= 700 && i < 760
      if (flag === '1') isFault ? tp++ : fp++
      else isFault ? fn++ : tn++
    }
    const precision = tp / (tp + fp)
    const recall = tp / (tp + fn)
    const mcc = (tp * tn - fp * fn) / Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    const value = (name: string): number => metrics[name]
    expect(value('precision')).toBeCloseTo(precision, 12)
    expect(value('recall')).toBeCloseTo(recall, 12)
    expect(value('f1')).toBeCloseTo((2 * precision * recall) / (precision + recall), 12)
    expect(value('mcc')).toBeCloseTo(mcc, 12)
  })

  it.each([
    '--open-count 3 --open-within 5',
    '--close-below 0.8 --merge-gap 0',
    '--merge-gap 20 --min-length 4',
    '--cool-down 200 --merge-gap 0',
    '--open-count 4 --critical-score 3 --merge-gap 2',
  ])('case 48: events follow their rules: %s', async rules => {
    const faults = [300, 330, 700, 1000, 1100]
    file(
      'many.csv',
      csv(
        changed(later, (row, i) =>
          faults.some(from => i >= from && i < from + 8) ? [row[0]!, plus(row[1], 3), ...row.slice(2)] : row,
        ),
      ),
    )
    const line = `detect many.csv --model sharp ${rules}`
    const found = (await events(`${line} --scores many-scores.csv`)).map(({ start, last }) => [start, last])
    const wanted = eventsByHand(rowsOf('many-scores.csv'), rules)
    expect(found.length).toBe(wanted.length)
    // Single samples place an event within the one of its rules.
    found.forEach(([start, last], i) => {
      expect(String(start) >= wanted[i]![0] && String(last) <= wanted[i]![1], `${start} to ${last}`).toBe(
        true,
      )
    })
  })

  it('case 49: monthly readings are trained on and scored across months', async () => {
    const rows = Array.from({ length: 400 }, (_, i) => [
      new Date(Date.UTC(1980, i, 1)).toISOString().slice(0, 10),
      (10 + 5 * Math.sin((2 * Math.PI * i) / 12) + (i === 350 ? 30 : 0)).toFixed(3),
    ])
    file('months.csv', csv([['month', 'load'], ...rows]))
    await done('train months.csv --rows :300 --detector seasonal --window 12 --out months')
    const found = await events('detect months.csv --rows 300: --model months')
    expect(found.map(({ start }) => String(start).slice(0, 7))).toEqual(['2009-03'])
  })

  it('case 50: a machine recorded in shifts names --max-gap, and that works', async () => {
    file('shifts.csv', csv(history.filter(([time], i) => i === 0 || Number(time!.slice(14, 16)) < 8)))
    const { code, stderr } = await tt('train shifts.csv --out shifts')
    expect([code, stderr]).toEqual([3, expect.stringMatching(/--max-gap (?<gap>\d+)/)])
    const gap = /--max-gap (\d+)/.exec(stderr)![1]!
    await done(`train shifts.csv --max-gap ${gap} --out shifts`)
  })
})

/** The events of scores by the rules of docs/events.md, step by step. */
function eventsByHand(scores: readonly string[][], rules: string): [string, string][] {
  const option = (name: string, usual: number) =>
    Number(new RegExp(`--${name} (\\S+)`).exec(rules)?.[1] ?? usual)
  const [count, mergeGap, minLength, coolDown] = [
    option('open-count', 1),
    option('merge-gap', 5),
    option('min-length', 1),
    option('cool-down', 0),
  ]
  const within = option('open-within', count)
  const [below, critical] = [option('close-below', 1), option('critical-score', Number.POSITIVE_INFINITY)]
  const values = scores.map(([, score]) => (score === '' ? Number.NaN : Number(score)))
  const found: [string, string][] = []
  let [first, last, end] = [-1, -1, Number.NEGATIVE_INFINITY]
  let isOpen = false
  const flags: number[] = []
  const timeOf = (i: number) => scores[i]![0]!.replace('.000Z', 'Z')
  const close = () => {
    found.push([timeOf(first), timeOf(last)])
    ;[end, first, isOpen] = [last, -1, false]
  }
  values.forEach((value, i) => {
    const [isFlag, isCritical] = [value > 1, value >= critical]
    if (isOpen && (isFlag || value > below)) last = i
    else if (isOpen && i - last > mergeGap) close()
    if (isOpen) return
    if (first >= 0 && !isFlag && i - last > Math.max(mergeGap, within - count)) first = -1
    if (!isFlag || (first < 0 && !isCritical && i - end <= coolDown)) return
    if (first < 0) first = i
    last = i
    flags.push(i)
    const recent = flags.filter(flag => flag > i - within && flag >= first).length
    isOpen = isCritical || (recent >= count && i - first + 1 >= minLength)
  })
  if (isOpen) close()
  return found
}
