import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ALIGNMENTS, type Alignment } from '../../../src/core/contracts.js'
import type { CalibrationInfo } from '../../../src/model/index.js'
import { SMALL, smallTable, telltale, workshop } from '../world.js'

const calibrationOf = (cwd: string, model = 'model') =>
  JSON.parse(readFileSync(join(cwd, model, 'manifest.json'), 'utf8')).calibration as Record<
    Alignment,
    CalibrationInfo
  >

describe('--false-alarms', () => {
  it('is a rule of training: the expected rate and its interval are printed, stored and shown, with a warning for a short history', async () => {
    const cwd = await workshop({ trained: false })
    const args = [
      'train',
      'data.csv',
      '--rows',
      ':480',
      '--out',
      'model',
      ...SMALL,
      '--false-alarms',
      '1/week',
    ]
    const { code, stdout, stderr } = await telltale(args, { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^false alarms +expected .+; 95 % prediction interval over .+: (?:.+ to|at most) .+$/m,
    )
    expect(stderr).toMatch(/note: causal scores: .+ support estimates of .+\/week or more, not 1\/week/)
    for (const alignment of ALIGNMENTS) {
      const { method, expectedAlarms } = calibrationOf(cwd)[alignment]
      expect(method).toBe('threshold:alarm-budget')
      expect(expectedAlarms!.low).toBeLessThanOrEqual(expectedAlarms!.high)
    }
    const shown = await telltale(['show', 'model'], { cwd })
    expect(shown.stdout).toMatch(/^false alarms +expected /m)
  })

  it('is a rule of detection: rarer alarms never come with a lower threshold', async () => {
    const cwd = await workshop({ trained: true })
    const levels = []
    for (const rate of ['10/hour', '1/day', '1/year']) {
      const args = ['detect', 'data.csv', '--model', 'model', '--workers', '1', '--format', 'json']
      const { stdout } = await telltale([...args, '--false-alarms', rate], { cwd })
      levels.push(JSON.parse(stdout).threshold.level)
    }
    expect(levels).toEqual([...levels].sort((a, b) => a - b))
    expect(levels[2]).toBeGreaterThan(levels[0])
  })

  it('is refused beside another rule, as nonsense, and for a history without times', async () => {
    const cwd = await workshop({ trained: false })
    const train = (...args: string[]) =>
      telltale(['train', 'data.csv', '--out', 'model', ...SMALL, ...args], { cwd })
    const both = await train('--false-alarms', '1/day', '--quantile', '0.9')
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('error [option-conflict]')])
    const nonsense = await train('--false-alarms', 'rarely')
    expect([nonsense.code, nonsense.stderr]).toEqual([2, expect.stringContaining('alarms per time, such as')])
    const timeless = smallTable().replaceAll(/^[^,]*,/gm, '')
    writeFileSync(join(cwd, 'data.csv'), timeless)
    const without = await train('--false-alarms', '1/day')
    expect([without.code, without.stderr]).toEqual([
      3,
      expect.stringContaining('error [calibration-timeless]'),
    ])
  })
})

describe('--threshold-rule', () => {
  it.each(['mad', 'pot', 'dynamic'])('%s calibrates a model', async rule => {
    const cwd = await workshop({ trained: false })
    const args = ['train', 'data.csv', '--rows', ':480', '--out', 'model', ...SMALL, '--threshold-rule', rule]
    const { code, stderr } = await telltale(args, { cwd })
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')])
    for (const alignment of ALIGNMENTS) expect(calibrationOf(cwd)[alignment].method).toBe(`threshold:${rule}`)
  })

  it('conformal says how many calibration scores it needs', async () => {
    const cwd = await workshop({ trained: true })
    const { code, stderr } = await telltale(['threshold', 'model', '--threshold-rule', 'conformal'], { cwd })
    expect([code, stderr]).toEqual([3, expect.stringContaining('error [data-calibration-short]')])
  })
})

describe('telltale threshold', () => {
  it('shows before and after from the stored scores, and writes nothing unless asked to', async () => {
    const cwd = await workshop({ trained: true })
    const before = calibrationOf(cwd)
    const { code, stdout, stderr } = await telltale(['threshold', 'model', '--quantile', '0.9'], { cwd })
    expect(code).toBe(0)
    for (const alignment of ALIGNMENTS)
      for (const which of ['before', 'after'])
        expect(stdout).toMatch(new RegExp(`^${alignment} +${which} +quantile`, 'm'))
    expect(stderr).toContain('nothing was written')
    expect(calibrationOf(cwd)).toEqual(before)
  })

  it('finds the same level as training, when the rule is the same', async () => {
    const cwd = await workshop({ trained: true })
    const { stdout } = await telltale(['threshold', 'model', '--format', 'json'], { cwd })
    const changes = JSON.parse(stdout)
    for (const alignment of ALIGNMENTS) expect(changes[alignment].after).toEqual(changes[alignment].before)
  })

  it('writes another model, or the same, which then detect by the new level', async () => {
    const cwd = await workshop({ trained: true })
    const before = calibrationOf(cwd)
    await telltale(['threshold', 'model', '--quantile', '0.5', '--out', 'lower'], { cwd })
    expect(calibrationOf(cwd)).toEqual(before)
    await telltale(['threshold', 'model', '--quantile', '0.5', '--in-place'], { cwd })
    expect(calibrationOf(cwd)).toEqual(calibrationOf(cwd, 'lower'))
    for (const alignment of ALIGNMENTS) {
      const { level } = calibrationOf(cwd)[alignment]
      expect(level).toBeLessThan(before[alignment].level)
      const args = ['detect', 'data.csv', '--model', 'model', '--workers', '1', '--format', 'json']
      const { stdout } = await telltale([...args, '--alignment', alignment], { cwd })
      expect(JSON.parse(stdout).threshold.level).toBe(level)
    }
    expect((await telltale(['verify', 'model'], { cwd })).code).toBe(0)
  })

  it('takes fresh normal rows, whose scores take the place of the stored ones', async () => {
    const cwd = await workshop({ trained: true })
    const args = ['threshold', 'model', 'data.csv', '--rows', '100:480', '--quantile', '0.9', '--in-place']
    expect((await telltale(args, { cwd })).code).toBe(0)
    const fresh = calibrationOf(cwd)
    // A causal score needs a whole window before it, a two-sided one any window that contains it.
    expect([fresh.causal.samples, fresh['two-sided'].samples]).toEqual([371, 380])
    const { stdout } = await telltale(['threshold', 'model', '--quantile', '0.9', '--format', 'json'], {
      cwd,
    })
    for (const alignment of ALIGNMENTS)
      expect(JSON.parse(stdout)[alignment].after.level).toBeCloseTo(fresh[alignment].level, 6)
  })

  it('reads fresh rows as the training read its own: renamed columns and cadence', async () => {
    const cwd = await workshop({ trained: false })
    const reading = ['--rename', 'flow=litres', '--cadence', '2m']
    await telltale(['train', 'data.csv', '--out', 'model', '--rows', ':480', ...reading, ...SMALL], { cwd })
    const recalibrated = async (...args: string[]) => {
      const all = ['threshold', 'model', 'data.csv', '--rows', '100:480', '--quantile', '0.9', ...args]
      const { code, stdout, stderr } = await telltale([...all, '--format', 'json'], { cwd })
      expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')])
      return JSON.parse(stdout)
    }
    const told = await recalibrated(...reading)
    expect([told.causal.samples, told['two-sided'].samples]).toEqual([181, 190])
    expect(await recalibrated()).toEqual(told)
  })

  it('refuses --out beside --in-place', async () => {
    const cwd = await workshop({ trained: true })
    const { code, stderr } = await telltale(['threshold', 'model', '--in-place', '--out', 'x'], { cwd })
    expect([code, stderr]).toEqual([2, expect.stringContaining('error [option-conflict]')])
  })

  it('expects no alarm rate from fresh rows without times', async () => {
    const cwd = await workshop({ trained: true })
    const timeless = smallTable().replaceAll(/^[^,]*,/gm, '')
    writeFileSync(join(cwd, 'timeless.csv'), timeless)
    const args = ['threshold', 'model', 'timeless.csv', '--rows', ':480']
    const asked = await telltale([...args, '--false-alarms', '1/day'], { cwd })
    expect([asked.code, asked.stderr]).toEqual([3, expect.stringContaining('error [calibration-timeless]')])
    const { code, stdout, stderr } = await telltale([...args, '--format', 'json'], { cwd })
    expect(code).toBe(0)
    const changes = JSON.parse(stdout)
    for (const alignment of ALIGNMENTS) {
      const { before, after } = changes[alignment]
      expect([before.expectedAlarms, after.expectedAlarms]).toEqual([null, null])
    }
    expect(stderr).toContain('the rows have no regular times')
  })

  it('refuses fresh rows of another cadence, whose days are not those of the device', async () => {
    const cwd = await workshop({ trained: true })
    let hour = -1
    const hourly = smallTable().replaceAll(/^2024[^,]*/gm, () =>
      new Date(Date.UTC(2024, 0, 1) + 3_600_000 * ++hour).toISOString(),
    )
    writeFileSync(join(cwd, 'hourly.csv'), hourly)
    const { code, stderr } = await telltale(['threshold', 'model', 'hourly.csv', '--rows', ':480'], { cwd })
    expect([code, stderr]).toEqual([3, expect.stringContaining('the cadence is 1 h, but the model')])
  })
})
