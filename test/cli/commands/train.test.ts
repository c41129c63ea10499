import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadModel } from '../../../src/store/index.js'
import { SMALL, scratchFolder, telltale, workshop } from '../world.js'

const TRAIN = ['train', 'data.csv', '--rows', ':480', '--out', 'model', ...SMALL]

describe('an option that counts for nothing', () => {
  it('is named with the variable that it came from', async () => {
    const cwd = await workshop({ trained: false })
    const train = ['train', 'data.csv', '--detector', 'pca-q', '--out', 'm']
    const { stderr } = await telltale(train, { cwd, env: { TELLTALE_TRAIN_EPOCHS: '3' } })
    expect(stderr).toContain('--epochs has no effect on the detector pca-q; TELLTALE_TRAIN_EPOCHS sets it')
  })
})

describe('telltale train', () => {
  it('saves a model and prints what it learned from', async () => {
    const cwd = await workshop({ trained: false })
    const { code, stdout, stderr } = await telltale(TRAIN, { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^channels +flow, pressure$/m)
    expect(stdout).toMatch(/^history +480 rows, 2024-01-01T00:00:00Z to 2024-01-01T07:59:00Z$/m)
    expect(stdout).toMatch(/^model +model$/m)
    expect(stderr).toContain('note: label is taken as the label, not as a channel\n')
    expect(stderr).toMatch(/83 calibration scores support a quantile of up to 0.98/)
    expect((await loadModel(join(cwd, 'model'))).info.training.epochs).toBe(2)
  })

  it('prints the whole manifest as JSON', async () => {
    const cwd = await workshop({ trained: false })
    const { stdout } = await telltale([...TRAIN, '--format', 'json'], { cwd })
    expect(JSON.parse(stdout)).toMatchObject({ model: 'model', window: 10, channels: ['flow', 'pressure'] })
  })

  it('says what auto will cost before it starts, and shows its members afterwards, as show does', async () => {
    const cwd = await workshop({ trained: false })
    const { stdout, stderr } = await telltale(['train', 'data.csv', '--out', 'model', '--window', '10'], {
      cwd,
    })
    expect(stderr).toMatch(
      /^note: auto will take about .+ \(var-3 .+, var-10 .+, nearest-5 .+, pca-1 .+\) and at most .+B of memory$/m,
    )
    const members = stdout.slice(stdout.indexOf('\n\n'))
    expect(members).toMatch(/^member +weight +skill +learning +reason$/m)
    expect(members).toMatch(/^var-3 +0\.25 +0\.\d\d +\S+ m?s +short dynamics/m)
    const shown = (await telltale(['show', 'model'], { cwd })).stdout
    expect(shown.slice(shown.indexOf('\n\n'))).toBe(members)
  })

  it('reports one JSON object per epoch on stderr', async () => {
    const cwd = await workshop({ trained: false })
    const { stderr } = await telltale([...TRAIN, '--progress', 'json'], { cwd })
    const lines = stderr.split('\n').filter(line => line.startsWith('{'))
    expect(lines.map(line => JSON.parse(line).epoch)).toEqual([1, 2])
  })

  it('says that labelled anomalies are learned as normal', async () => {
    const cwd = await workshop({ trained: false })
    const { stderr } = await telltale(['train', 'data.csv', '--out', 'model', ...SMALL], { cwd })
    expect(stderr).toContain('note: 10 samples of the history are labelled anomalous')
  })

  it('takes options from the configuration file, and a flag before it', async () => {
    const cwd = await workshop({ trained: false })
    writeFileSync(join(cwd, 'telltale.yaml'), 'train:\n  seed: 5\n  window: 20\n')
    await telltale(TRAIN, { cwd })
    const { info } = await loadModel(join(cwd, 'model'))
    expect([info.seed, info.window]).toEqual([5, 10])
  })

  it('stops at once when it is interrupted, and leaves nothing behind', async () => {
    const cwd = await workshop({ trained: false })
    const { code, stderr } = await telltale(TRAIN, { cwd, signal: AbortSignal.abort() })
    expect(code).toBe(130)
    expect(stderr).toContain('error [interrupted]')
    expect(readdirSync(cwd)).toEqual(['data.csv'])
  })

  it('keeps the best weights so far when it is interrupted and asked to', async () => {
    const cwd = await workshop({ trained: false })
    const interrupt = new AbortController()
    let lines = ''
    const stderr = (text: string) => {
      lines += text
      if (text.includes('"epoch":1,')) interrupt.abort()
    }
    const args = [...TRAIN, '--epochs', '1000', '--keep-best', '--progress', 'json']
    const { code } = await telltale(args, { cwd, stderr, signal: interrupt.signal })
    expect(code).toBe(0)
    expect(lines).toContain('note: interrupted: kept the best weights so far, of epoch 1')
    expect((await loadModel(join(cwd, 'model'))).info.training.epochs).toBeLessThan(1000)
  })

  it.each([
    ['a file that does not exist', ['train', 'nowhere.csv', '--out', 'model'], 1, 'file-not-found'],
    ['a window of zero', [...TRAIN, '--window', '0'], 2, 'option-invalid'],
    ['a stride below zero', [...TRAIN, '--stride', '-1'], 2, 'option-invalid'],
    ['a batch of zero', [...TRAIN, '--batch-size', '0'], 2, 'option-invalid'],
    ['a window that is no number', [...TRAIN, '--window', 'ten'], 2, 'option-invalid'],
    ['a quantile of one', [...TRAIN, '--quantile', '1'], 2, 'option-invalid'],
    ['two thresholds', [...TRAIN, '--quantile', '0.9', '--threshold-factor', '3'], 2, 'option-conflict'],
    ['a range of rows that ends before it starts', [...TRAIN, '--rows', '9:3'], 2, 'option-invalid'],
    ['too few rows', [...TRAIN, '--rows', ':12'], 3, 'data-too-short'],
    ['a label column that does not exist', [...TRAIN, '--label-column', 'fault'], 3, 'data-column-missing'],
    ['a target that is not a model', ['train', 'data.csv', '--out', '.'], 4, 'artefact-exists'],
    ['a target below a file', ['train', 'data.csv', '--out', 'data.csv/model'], 1, 'file-unwritable'],
  ])('refuses %s and writes nothing', async (_, args, expectedCode, error) => {
    const cwd = await workshop({ trained: false })
    const { code, stdout, stderr } = await telltale(args, { cwd })
    expect(stderr).toContain(`error [${error}]: `)
    expect([code, stdout]).toEqual([expectedCode, ''])
    expect(readdirSync(cwd)).toEqual(['data.csv'])
  })
})

describe('telltale train on one channel that follows the clock', () => {
  const room = () => {
    const rows = Array.from({ length: 12 * 96 }, (_, i) => {
      const time = new Date(Date.UTC(2024, 2, 1) + i * 900_000).toISOString()
      return `${time},${(20 + 4 * Math.sin((2 * Math.PI * i) / 96) + 0.1 * ((7 * i) % 13)).toFixed(2)}`
    })
    return `time,room\n${rows.join('\n')}\n`
  }

  it('says whose clock the cycle follows, and keeps the zone that is given', async () => {
    const cwd = scratchFolder()
    writeFileSync(join(cwd, 'room.csv'), room())
    const train = ['train', 'room.csv', '--workers', '1', '--out']
    const utc = await telltale([...train, 'utc'], { cwd })
    expect(utc.stderr).toMatch(/note: the daily cycle follows UTC.* give --time-zone/)
    expect(utc.stdout).toMatch(/daily cycle .*time of day \(UTC\)/)
    const local = await telltale([...train, 'local', '--time-zone', 'Europe/Berlin'], { cwd })
    expect(local.stderr).not.toContain('follows UTC')
    expect(local.stdout).toMatch(/daily cycle .*time of day \(Europe\/Berlin\)/)
    const zone = ['--time-zone', 'Europe/Berlin']
    const detect = (model: string) =>
      telltale(['detect', 'room.csv', '--model', model, '--workers', '1', ...zone], { cwd })
    expect((await detect('utc')).stderr).toMatch(
      /but the daily cycle of the model follows UTC: .*--time-zone Europe\/Berlin/,
    )
    expect((await detect('local')).stderr).not.toContain('cycle of the model')
  })
})
