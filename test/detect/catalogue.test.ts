import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ALIGNMENTS } from '../../src/core/contracts.js'
import { decodeSafetensors } from '../../src/core/safetensors.js'
import type { State } from '../../src/core/state.js'
import {
  auto,
  detectorLoader,
  type FittedEnsemble,
  SIMPLE_DETECTORS,
  scoreSeries,
  smoothed,
} from '../../src/detect/index.js'
import { loadAffineScaler } from '../../src/scale/index.js'
import { frameOf, machine, throughJson } from './suite.js'

const context = { validation: frameOf(new Float32Array(0), 2), seed: 1 }
const load = detectorLoader()
/** An ensemble of a cheap detector as a state that may be changed. */
// biome-ignore lint/suspicious/noExplicitAny: damaged on purpose
const saved = async (): Promise<State & { options: any }> => {
  const member = {
    name: 'z',
    reason: 'as asked for',
    detector: SIMPLE_DETECTORS['z-score'].create(),
    power: 1,
  }
  return throughJson((await smoothed([member], { period: 10 }).fit(machine(300, 1, 2), context)).state())
}

describe('the catalogue of simple detectors', () => {
  it.each(Object.entries(SIMPLE_DETECTORS))(
    '%s fits, scores and comes back from its state',
    async (_name, entry) => {
      const fitted = await entry.create().fit(machine(300, 1, 2), context)
      const frame = machine(120, 2, 2)
      const { score } = await scoreSeries(fitted, frame)
      expect(score.filter(Number.isFinite).length).toBeGreaterThan(60)
      expect((await scoreSeries(load(fitted.state()), frame)).score).toEqual(score)
    },
  )

  it('loads an ensemble of them', async () => {
    const fitted = await auto({ period: 10 }).fit(machine(300, 1, 2), context)
    const frame = machine(120, 2, 2)
    for (const alignment of ALIGNMENTS)
      expect(await scoreSeries(load(fitted.state()), frame, { alignment })).toEqual(
        await scoreSeries(fitted, frame, { alignment }),
      )
  })
})

describe('a saved detector that this version does not know', () => {
  const refusal = (state: State) => {
    try {
      load(state)
    } catch (error) {
      return error as { code: string; message: string }
    }
    throw new Error('it was loaded')
  }

  it('is refused by its kind and version', async () => {
    const state = await saved()
    expect(refusal({ ...state, version: 3 })).toMatchObject({
      code: 'artefact-version',
      message: expect.stringContaining('detector:ensemble version 3'),
    })
    for (const kind of ['detector:none', 'toString'])
      expect(refusal({ ...state, kind })).toMatchObject({
        code: 'artefact-version',
        message: expect.stringContaining(`${kind} version 2`),
      })
  })

  it.each([
    { version: 99 },
    { kind: 'detector:none' },
    { kind: 'constructor' },
    // An ensemble takes no other.
    { kind: 'detector:ensemble', version: 2 },
  ])('is refused as a member of an ensemble by the name of the member: %j', async change => {
    const state = await saved()
    Object.assign(state.options.parts.member0, change)
    const error = refusal(state)
    expect(error.code).toBe('artefact-version')
    expect(error.message).toContain('the member z of the model')
    expect(error.message).toContain(Object.values(change).join(' version '))
  })

  it('is refused when an ensemble is damaged', async () => {
    const damages: ((options: Awaited<ReturnType<typeof saved>>['options']) => void)[] = [
      options => delete options.parts.member0,
      options => {
        options.bandwidth = 'wide'
      },
      options => {
        options.members = []
      },
      options => {
        options.members[0].usual.causal.median = null
      },
      options => {
        options.channels = null
      },
    ]
    for (const damage of damages) {
      const state = await saved()
      damage(state.options)
      expect(refusal(state).code).toBe('artefact-damaged')
    }
  })
})

/** The ensemble of a model of telltale 0.1, what it was given and what that version found. */
function fixture(name: string) {
  const folder = new URL('../fixtures/models/0.1.0/', import.meta.url)
  const read = (path: string) => readFileSync(new URL(path, folder))
  const { stages, calibration } = JSON.parse(read(`${name}/manifest.json`).toString())
  const tensors = decodeSafetensors(read(`${name}/weights.safetensors`), name)
  const stage = (prefix: string): State => {
    const own = Object.entries(tensors).filter(([key]) => key.startsWith(`${prefix}.`))
    const arrays = Object.fromEntries(own.map(([key, tensor]) => [key.slice(prefix.length + 1), tensor]))
    return { ...stages[prefix], arrays }
  }
  const { channels, timeMs, values, expected } = JSON.parse(read('scored.json').toString())
  const frame = {
    ...{ channels, timeKind: 'utc' as const },
    timeMs: Float64Array.from(timeMs),
    values: Float64Array.from(values),
  }
  return {
    fitted: load(stage('detector')) as FittedEnsemble,
    scaled: loadAffineScaler(stage('scaler')).transform(frame),
    level: calibration.level as number,
    wanted: expected[name].score as (number | null)[],
  }
}

describe.each([
  ['auto', 'two-sided', 'causal'],
  ['auto-end', 'causal', 'two-sided'],
  ['z-score', 'two-sided', 'causal'],
] as const)('the ensemble of a model of telltale 0.1, %s', (name, own, other) => {
  const { fitted, scaled, level, wanted } = fixture(name)

  it('scores what it scored', async () => {
    const { score } = await scoreSeries(fitted, scaled, { alignment: own })
    wanted.forEach((published, i) => {
      if (published === null) expect(score[i]).toBeNaN()
      else expect(score[i] / level / published).toBeCloseTo(1, 5)
    })
    expect(wanted.filter(published => published !== null).length).toBeGreaterThan(200)
  })

  it('knows only the alignment that it was trained for', async () => {
    expect(fitted.alignments).toEqual([own])
    expect(fitted.lookahead).toBe(own === 'two-sided' ? 60 : 0)
    const refused = expect.objectContaining({
      code: 'alignment-missing',
      message: expect.stringContaining(own),
    })
    expect(() => fitted.online({ alignment: other })).toThrow(refused)
    if (other === 'causal') {
      expect(() => fitted.online()).toThrow(refused)
      expect(() => fitted.scoreWindows(new Float32Array(0), 0, new Float32Array(0))).toThrow(refused)
    }
  })

  it('is saved as one of today, with the same scores', async () => {
    const again = load(throughJson(fitted.state())) as FittedEnsemble
    expect(again.alignments).toEqual([own])
    expect(again.state()).toEqual(fitted.state())
    expect(await scoreSeries(again, scaled, { alignment: own })).toEqual(
      await scoreSeries(fitted, scaled, { alignment: own }),
    )
  })
})
