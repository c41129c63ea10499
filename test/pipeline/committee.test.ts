import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ALIGNMENTS } from '../../src/core/contracts.js'
import {
  chosenDetector,
  detect,
  membersOf,
  planTraining,
  trainModel,
  trainOptions,
} from '../../src/pipeline/index.js'
import { createRuntime } from '../../src/runtime/index.js'
import { loadModel, saveModel } from '../../src/store/index.js'
import { machine } from './machine.js'

const wanted = (more: Record<string, unknown>) => trainOptions.parse({ window: 12, workers: 1, ...more })

describe('a trained committee', () => {
  it('finds a fault, and comes back from its folder with the same bits on any number of threads', async () => {
    const model = await trainModel(machine(500, 1), wanted({ detector: 'committee', workers: 2 }))
    const live = machine(400, 2)
    for (let i = 200; i < 230; i++) live.values[2 * i + 1] += 2
    const found = await detect(model, live)
    expect(found.events.some(({ start, end }) => start < 230 && end > 200)).toBe(true)
    const folder = await mkdtemp(join(tmpdir(), 'telltale-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    await saveModel(model, join(folder, 'model'))
    const loaded = await loadModel(join(folder, 'model'), createRuntime(1))
    expect(loaded.info).toMatchObject(model.info)
    expect((await detect(loaded, live)).score).toEqual(found.score)
  })

  it('has its threshold from held-back scores of all that it has learnt from and of the calibration part', async () => {
    const { info, calibrations } = await trainModel(machine(500, 1), wanted({ detector: 'committee' }))
    const { train, calibration } = info.training.parts
    for (const alignment of ALIGNMENTS)
      expect(calibrations[alignment]?.scores).toHaveLength(
        train.end - train.start + calibration.end - calibration.start,
      )
    expect(info.training.parts.validation).toBeUndefined()
  })

  it('takes another architecture, with the window of the options', async () => {
    const options = wanted({ detector: 'committee', architecture: 'gru-forecaster', units: 4 })
    const { detector, info } = await trainModel(machine(400, 1), options)
    expect(info.architecture).toBe('gru-forecaster')
    const [member] = membersOf(detector) ?? []
    expect(member.detector.state().options).toMatchObject({
      architecture: { name: 'gru-forecaster' },
      members: 4,
      span: 13,
    })
  })
})

describe('the choice of a detector', () => {
  it('leaves to a committee what it trains, but not how', () => {
    const options = wanted({ detector: 'committee', architecture: 'dense-ae', units: 8 })
    expect(chosenDetector(options)).toBe('committee')
    for (const own of [{ loss: 'mae' }, { optimizer: 'sgd' }, { checkpoint: 'file' }]) {
      expect(() => chosenDetector(wanted({ detector: 'committee', ...own }))).toThrowError(
        expect.objectContaining({ code: 'option-without-effect' }),
      )
    }
  })
})

describe('auto', () => {
  it('tells of each member its weight, its skill on injected faults and how long it learnt', async () => {
    const { info } = await trainModel(machine(600, 1), wanted({}))
    expect(info.members?.map(({ name }) => name)).toEqual(['var-3', 'var-10', 'nearest-5', 'pca-1'])
    expect(info.members?.reduce((sum, { weight }) => sum + (weight ?? 0), 0)).toBeCloseTo(1, 12)
    for (const { skill, seconds } of info.members ?? []) {
      expect(skill).toBeGreaterThan(0.5)
      expect(seconds).toBeGreaterThan(0)
    }
  })

  it('is planned member by member', async () => {
    const steady = { samples: 5000, channels: machine(1, 1).channels, segments: [{ start: 0, end: 5000 }] }
    let clock = 0
    const now = () => clock++
    const meter = { now, peakBytes: () => 0, availableBytes: 1e9 }
    const plan = await planTraining(steady, undefined, wanted({}), createRuntime(1), meter)
    // Each call of the clock is a millisecond later, for a thousand samples.
    expect(plan.members?.map(({ name, seconds }) => [name, seconds])).toEqual([
      ['var-3', 0.005],
      ['var-10', 0.005],
      ['nearest-5', 0.005],
      ['pca-1', 0.005],
    ])
    expect(plan.seconds.total).toBeCloseTo(0.02, 12)
    const committee = wanted({ detector: 'committee' })
    const alone = await planTraining(steady, undefined, committee, createRuntime(1), meter)
    // A sixteenth of its training is rehearsed, whatever the number of samples.
    expect(alone.seconds.total).toBeCloseTo(0.016, 12)
    expect(alone.members).toBeUndefined()
  })
})
