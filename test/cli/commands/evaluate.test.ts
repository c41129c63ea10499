import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FAULT_KINDS } from '../../../src/simulate/index.js'
import { loadModel, saveModel } from '../../../src/store/index.js'
import { SMALL, smallTable, telltale, workshop } from '../world.js'

const EVALUATE = ['evaluate', 'data.csv', '--model', 'model', '--workers', '1', '--resamples', '10']

describe('telltale evaluate', () => {
  it('puts the model beside random, |z| and PCA scores, with intervals', async () => {
    const cwd = await workshop({ trained: true })
    const { code, stdout, stderr } = await telltale([...EVALUATE, '--labels', 'label', '--format', 'json'], {
      cwd,
    })
    expect([code, stderr.includes('error')]).toEqual([0, false])
    const { rows, threshold } = JSON.parse(stdout)
    expect(threshold.method).toBe('threshold:quantile')
    expect(rows.map(({ name }: { name: string }) => name)).toEqual(['model', 'random', 'absolute z', 'pca'])
    const auc = (row: number) => rows[row].evaluation.metrics['auc-pr']
    expect(auc(0)).toBeGreaterThan(0.5)
    expect(auc(1)).toBeLessThan(0.2)
    // Fewer than five labelled events say nothing of how much the figures vary.
    expect(rows[0].evaluation.events).toBeLessThan(5)
    expect(rows[0].intervals['auc-pr']).toBe(null)
    expect((await telltale([...EVALUATE, '--labels', 'label'], { cwd })).stdout).toContain(
      'no 95 % intervals',
    )
    const five = [100, 200, 300, 400, 500].map(start => `${start},${start + 10}`)
    writeFileSync(join(cwd, 'five.csv'), `start,end\n${five.join('\n')}\n`)
    const many = await telltale([...EVALUATE, '--labels', 'five.csv', '--format', 'json'], { cwd })
    const [{ evaluation, intervals }] = JSON.parse(many.stdout).rows
    expect(intervals['auc-pr'].low).toBeLessThanOrEqual(evaluation.metrics['auc-pr'])
    expect(intervals['auc-pr'].high).toBeGreaterThanOrEqual(evaluation.metrics['auc-pr'])
  })

  it('fits the principal components to what the model learnt from, not to the faults among the evaluated rows', async () => {
    const cwd = await workshop({ trained: true })
    // Half of the evaluated rows are far off in one direction: components of the evaluated rows would take it for normal.
    const faulty = smallTable()
      .trim()
      .split('\n')
      .map((line, i) => (i > 540 ? `${line.split(',')[0]},40,${-30 - (i % 7)},1` : line.replace(/1$/, '0')))
    writeFileSync(join(cwd, 'data.csv'), `${faulty.join('\n')}\n`)
    const model = await loadModel(join(cwd, 'model'))
    await saveModel({ ...model, baseline: undefined }, join(cwd, 'older'))
    const pcaOf = async (name: string) => {
      const args = ['evaluate', 'data.csv', '--model', name, '--labels', 'label', '--rows', '480:']
      const { stdout } = await telltale([...args, '--resamples', '0', '--format', 'json'], { cwd })
      const row = JSON.parse(stdout).rows[3]
      return { name: row.name, auc: row.evaluation.metrics['auc-roc'] }
    }
    expect(await pcaOf('model')).toEqual({ name: 'pca', auc: 1 })
    const older = await pcaOf('older')
    expect(older.name).toBe('pca, fitted on the evaluated rows')
    expect(older.auc).toBeLessThan(0.9)
  })

  it('takes the same labels as a column, a file of 0 and 1, intervals of samples and intervals of times', async () => {
    const cwd = await workshop({ trained: true })
    const bits = smallTable()
      .trim()
      .split('\n')
      .map(line => line.split(',')[3])
    writeFileSync(join(cwd, 'bits.csv'), `${bits.join('\n')}\n`)
    writeFileSync(join(cwd, 'rows.csv'), 'start,end\n500,510\n')
    writeFileSync(join(cwd, 'times.csv'), '2024-01-01T08:20:00Z,2024-01-01T08:30:00Z\n')
    const results = []
    for (const labels of ['label', 'bits.csv', 'rows.csv', 'times.csv'])
      results.push((await telltale([...EVALUATE, '--labels', labels, '--format', 'json'], { cwd })).stdout)
    expect(JSON.parse(results[0]).rows[0].evaluation.events).toBe(1)
    expect(new Set(results).size).toBe(1)
  })

  it('counts the events that the rules of the model make, as detect does', async () => {
    const cwd = await workshop({ trained: false })
    const rules = [
      '--min-length',
      '2',
      '--direction-by-channel',
      'pressure=above',
      '--quantile',
      '0.5',
      '--merge-gap',
      '1',
    ]
    await telltale(['train', 'data.csv', '--rows', ':480', '--out', 'model', ...SMALL, ...rules], { cwd })
    const detect = ['detect', 'data.csv', '--model', 'model', '--workers', '1', '--label-column', 'label']
    const found = JSON.parse((await telltale([...detect, '--format', 'json'], { cwd })).stdout)
    const args = [...EVALUATE, '--labels', 'label', '--sweep', '--format', 'json']
    const { rows, sweep } = JSON.parse((await telltale(args, { cwd })).stdout)
    const perDay = found.labels.falseAlarms / ((rows[0].evaluation.samples - 10) / 1440)
    expect(found.labels.falseAlarms).toBeGreaterThan(0)
    expect(rows[0].evaluation.metrics['false-alarms-per-day']).toBeCloseTo(perDay, 10)
    const atOne = sweep.find(({ threshold }: { threshold: number }) => threshold === 1)
    expect(atOne.metrics['false-alarms-per-day']).toBeCloseTo(perDay, 10)
    await telltale(
      [
        'train',
        'data.csv',
        '--rows',
        ':480',
        '--out',
        'plain',
        ...SMALL,
        '--quantile',
        '0.5',
        '--merge-gap',
        '1',
      ],
      {
        cwd,
      },
    )
    const plain = await telltale([...args, '--model', 'plain'], { cwd })
    expect(JSON.parse(plain.stdout).rows[0].evaluation.metrics['false-alarms-per-day']).not.toBeCloseTo(
      perDay,
      3,
    )
  })

  it('prints the counts behind the figures, and what flatters only when it is asked for by that name', async () => {
    const cwd = await workshop({ trained: true })
    const { stdout } = await telltale([...EVALUATE, '--labels', 'label'], { cwd })
    const counts =
      /(\d+) true positives, (\d+) false positives, (\d+) false negatives, (\d+) true negatives/.exec(stdout)
    const [hits, wrong, missed, quiet] = counts!.slice(1).map(Number)
    expect(hits + missed).toBe(10)
    expect(stdout).toContain(`${hits + wrong + missed + quiet} scored samples`)
    expect(stdout).not.toContain('inflated')
    const flattering = await telltale([...EVALUATE, '--labels', 'label', '--inflated'], { cwd })
    expect(flattering.stdout).toMatch(/inflated-pa-f1 +[\d.]+/)
  })

  it('gives labels of one class no figure but a reason, and exit code 0', async () => {
    const cwd = await workshop({ trained: true })
    const args = [...EVALUATE, '--labels', 'label', '--rows', ':400']
    const { code, stdout } = await telltale(args, { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(/auc-pr +- +no sample is labelled anomalous/)
  })

  it('recalls no more at a higher threshold', async () => {
    const cwd = await workshop({ trained: true })
    const { stdout } = await telltale([...EVALUATE, '--labels', 'label', '--sweep', '--format', 'json'], {
      cwd,
    })
    const recalls: number[] = JSON.parse(stdout).sweep.map(
      ({ metrics }: { metrics: Record<string, number> }) => metrics.recall,
    )
    expect(recalls.length).toBeGreaterThan(5)
    expect(recalls).toEqual([...recalls].sort((a, b) => b - a))
  })

  it('refuses labels of another length, of another value, and none at all', async () => {
    const cwd = await workshop({ trained: true })
    writeFileSync(join(cwd, 'short.csv'), '0\n1\n')
    const short = await telltale([...EVALUATE, '--labels', 'short.csv'], { cwd })
    expect([short.code, short.stderr]).toEqual([3, expect.stringContaining('error [labels-length]')])
    writeFileSync(join(cwd, 'twos.csv'), '2\n'.repeat(600))
    const twos = await telltale([...EVALUATE, '--labels', 'twos.csv'], { cwd })
    expect(twos.stderr).toContain('error [labels-value]')
    writeFileSync(join(cwd, 'late.csv'), 'start,end\n590,700\n')
    const late = await telltale([...EVALUATE, '--labels', 'late.csv'], { cwd })
    expect([late.code, late.stderr]).toEqual([3, expect.stringContaining('error [labels-interval]')])
    writeFileSync(join(cwd, 'odd.csv'), 'start,end\n12,\n')
    const odd = await telltale([...EVALUATE, '--labels', 'odd.csv'], { cwd })
    expect([odd.code, odd.stderr]).toEqual([2, expect.stringContaining('one interval START,END per line')])
  })

  it('says of a name that is neither a file nor a column what it may have meant', async () => {
    const cwd = await workshop({ trained: true })
    writeFileSync(join(cwd, 'events.csv'), '500,510\n')
    const file = await telltale([...EVALUATE, '--labels', 'evnts.csv'], { cwd })
    expect([file.code, file.stderr]).toEqual([2, expect.stringContaining('error [labels-unknown]')])
    expect(file.stderr).toContain('Did you mean events.csv?')
    const column = await telltale([...EVALUATE, '--labels', 'lable'], { cwd })
    expect(column.stderr).toContain('Did you mean label?')
    const args = ['backtest', 'data.csv', '--retrain-every', '100', '--labels', 'lable']
    expect((await telltale(args, { cwd })).stderr).toContain('Did you mean label?')
  })

  it('takes a label that stands last in a line of several cells', async () => {
    const cwd = await workshop({ trained: true })
    const rows = smallTable().trim().split('\n')
    const pairs = rows.map(line => line.split(',')).map(([time, , , label]) => `${time},${label}`)
    writeFileSync(join(cwd, 'pairs.csv'), `${pairs.join('\n')}\n`)
    const events = async (labels: string) => {
      const args = [...EVALUATE, '--labels', labels, '--format', 'json']
      return JSON.parse((await telltale(args, { cwd })).stdout).rows[0].evaluation
    }
    expect(await events('pairs.csv')).toEqual(await events('label'))
    writeFileSync(join(cwd, 'pairs.csv'), `${pairs.slice(0, -5).join('\n')}\n`)
    const { stderr } = await telltale([...EVALUATE, '--labels', 'pairs.csv'], { cwd })
    expect(stderr).toContain('595 labels were given for 600 samples')
  })

  const FAULTS = ['evaluate', 'data.csv', '--model', 'model', '--workers', '1', '--repeats', '4']

  it('tells without labels the smallest fault of every kind that is found in each channel', async () => {
    const cwd = await workshop({ trained: true })
    const { code, stdout } = await telltale([...FAULTS, '--no-labels', '--format', 'json'], { cwd })
    expect(code).toBe(0)
    const { faults, known, rows } = JSON.parse(stdout)
    expect(known).toBe('history')
    // The calibration part and what follows, without what raises an event.
    expect(rows).toBeGreaterThan(100)
    expect(rows).toBeLessThan(220)
    expect(faults.map(({ channel, kind }: Record<string, string>) => `${channel} ${kind}`)).toEqual(
      ['flow', 'pressure'].flatMap(channel => FAULT_KINDS.map(kind => `${channel} ${kind}`)),
    )
    const shift = faults.find(
      ({ channel, kind }: Record<string, string>) => channel === 'flow' && kind === 'level-shift',
    )
    expect(shift.smallest).toBeLessThanOrEqual(3)
    expect(shift.delay).toBeGreaterThanOrEqual(0)
    for (const { smallest, tried } of faults) {
      const sizes = tried.map(({ size }: { size: number }) => size)
      expect(sizes).toEqual([...sizes].sort((a, b) => a - b))
      for (const { size, found } of tried) expect(found >= 0.95).toBe(smallest !== null && size >= smallest)
    }
  })

  it('leaves labelled rows alone when faults are injected beside labels', async () => {
    const cwd = await workshop({ trained: true })
    const rows = async (...more: string[]) =>
      JSON.parse(
        (await telltale([...FAULTS, ...more, '--threshold', '1e9', '--format', 'json'], { cwd })).stdout,
      ).rows
    // 10 labelled rows, and a window of 10 before and after them.
    expect((await rows('--no-labels')) - (await rows('--faults'))).toBe(30)
  })

  it('injects nothing into rows that the model has learnt from', async () => {
    const cwd = await workshop({ trained: true })
    const { code, stderr } = await telltale([...FAULTS, '--no-labels', '--rows', '20:300'], { cwd })
    expect([code, stderr]).toEqual([3, expect.stringContaining('error [data-seen]')])
  })

  it('names no smallest fault when the threshold is out of reach', async () => {
    const cwd = await workshop({ trained: true })
    const { stdout } = await telltale([...FAULTS, '--no-labels', '--threshold', '1e9'], { cwd })
    expect(stdout.match(/none +- +- +\d+ (spreads|samples) +0/g)).toHaveLength(16)
    expect(stdout).toContain('normal rows of the history that the model was not trained on')
  })
})
