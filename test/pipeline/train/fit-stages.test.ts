import { describe, expect, it, vi } from 'vitest'
import { ALIGNMENTS } from '../../../src/core/contracts.js'
import type { StageTimer } from '../../../src/core/stage-timer.js'
import { trainModel } from '../../../src/pipeline/index.js'
import { decisiveOptions } from '../../../src/pipeline/train/fit-stages.js'
import { resolveTraining } from '../../../src/pipeline/train/resolve.js'
import { machine } from '../machine.js'

const history = machine(400, 1)
const ENDLESS = {
  architecture: 'dense-ae',
  units: 4,
  latent: 2,
  window: 12,
  epochs: 1e6,
  patience: 0,
} as const

/** Trains until the first epoch ends, then aborts. */
function interrupted(keepBest: boolean) {
  const abort = new AbortController()
  const onProgress = ({ epochEnd }: { epochEnd: boolean }) => {
    if (epochEnd) abort.abort()
  }
  return trainModel(history, { ...ENDLESS, workers: 1, keepBest }, { signal: abort.signal, onProgress })
}

describe('an interrupted training', () => {
  it('with keepBest gives a whole model: the best weights so far, and both thresholds', async () => {
    const { info, calibrations, baseline } = await interrupted(true)
    expect(info.training.epochs).toBeLessThan(10)
    for (const alignment of ALIGNMENTS) expect(calibrations[alignment]?.threshold.level).toBeGreaterThan(0)
    expect(baseline).toBeDefined()
  })

  it('without it gives none', async () => {
    await expect(interrupted(false)).rejects.toMatchObject({ code: 'interrupted' })
  })

  it.each(['fit', 'calibrate'])('saves nothing when the signal comes right after %s', async stage => {
    const abort = new AbortController()
    const time: StageTimer = (name, work) => {
      const result = work()
      if (name === stage) void Promise.resolve(result).then(() => abort.abort())
      return result
    }
    const onModel = vi.fn()
    const training = trainModel(history, { workers: 1 }, { signal: abort.signal, time, onModel })
    await expect(training).rejects.toMatchObject({ code: 'interrupted' })
    expect(onModel).not.toHaveBeenCalled()
  })
})

describe('decisiveOptions', () => {
  it('are the same for any number of workers and any place', () => {
    const decisive = (more: Record<string, unknown>) =>
      decisiveOptions(resolveTraining(history, { window: 12, ...more }, undefined))
    expect(
      decisive({ workers: 3, out: 'x', checkpoint: 'c', keepBest: true, detector: 'autoencoder' }),
    ).toEqual(decisive({ detector: 'autoencoder' }))
    expect(decisive({ seed: 2 })).not.toEqual(decisive({}))
    expect(Object.values(decisive({}))).not.toContain(undefined)
  })

  it('are those that count for the detector', () => {
    const kept = (detector: 'auto' | 'autoencoder') =>
      Object.keys(decisiveOptions(resolveTraining(history, { window: 12, detector }, undefined)))
    expect(kept('autoencoder')).toEqual(expect.arrayContaining(['window', 'epochs', 'stride', 'trim']))
    expect(kept('auto')).toContain('window')
    for (const name of ['epochs', 'stride', 'trim', 'patience', 'validationShare'])
      expect(kept('auto')).not.toContain(name)
  })
})
