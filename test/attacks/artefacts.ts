import type { Json, State } from '../../src/core/state.js'
import { contentId } from '../../src/model/content-id.js'
import { type Model, modelFromState, modelToState } from '../../src/model/index.js'
import { detect, trainModel } from '../../src/pipeline/index.js'
import { swinging } from '../pipeline/machine.js'
import { HOSTILE_VALUES, mutated } from './hostile.js'
import { type Attack, expectThat, pick, wellBehaved } from './runner.js'

export const history = swinging(400, 1)
const fresh = swinging(60, 2)

/** Small models of kinds that differ in what they store; the last has a switch. */
export async function makeModels(): Promise<readonly Model[]> {
  const models: Model[] = []
  for (const options of [
    { detector: 'z-score' },
    { detector: 'k-means', thresholdRule: 'pot' },
    { detector: 'pca-q', regimes: 'auto' },
    { detector: 'isolation-forest', thresholdRule: 'spot' },
    { detector: 'nearest', thresholdRule: 'dynamic' },
    { architecture: 'dense-ae', epochs: 1, latent: 2 },
  ] as const)
    models.push(await trainModel(history, { window: 6, workers: 1, ...options }))
  const turned = history.values.map((value, at) => (at % 2 === 0 ? value : at % 40 < 4 ? 1 : 0))
  const switched = { ...history, values: turned }
  models.push(await trainModel(switched, { window: 6, workers: 1, detector: 'linear-var' }))
  return models
}

/** Whether scores are numbers where there is a score, and each missing one has a reason. */
export function checkScores({
  score,
  residual,
  reason,
  severity,
  pValue,
}: Awaited<ReturnType<typeof detect>>): void {
  const c = score.length === 0 ? 0 : residual.length / score.length
  for (let i = 0; i < score.length; i++) {
    const isScored = reason[i] === 0
    expectThat(Number.isFinite(score[i]) === isScored, `score ${i} is ${score[i]}, reason ${reason[i]}`)
    if (!isScored) continue
    expectThat(
      Number.isFinite(severity[i]!) && Number.isFinite(pValue[i]!),
      `severity ${severity[i]}, p ${pValue[i]}`,
    )
    for (let j = i * c; j < (i + 1) * c; j++)
      expectThat(!(Math.abs(residual[j]!) === Number.POSITIVE_INFINITY), `residual ${j} is ${residual[j]}`)
  }
}

/** A state with its id made anew: as a forger would. */
function signed(state: State): State {
  const { options } = state
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return state
  try {
    return { ...state, options: { ...options, id: contentId(state) } as Json }
  } catch {
    // What cannot be written has no id.
    return state
  }
}

/** Forged models with right hashes: a field or a tensor of a sound one is changed. */
export function forgedModels(models: readonly Model[]): Attack {
  const states = models.map(modelToState)
  return {
    name: 'forged models with right hashes',
    short: 150,
    long: 10_000,
    make(random) {
      const state = pick(random, states)
      if (random.uniform() < 0.7) {
        const { value, path } = mutated(state.options, random)
        return { what: path, run: () => loadAndScore({ ...state, options: value as Json }) }
      }
      const name = pick(random, Object.keys(state.arrays))
      const { shape, data } = state.arrays[name]!
      const changed = data.slice()
      const number = pick(
        random,
        HOSTILE_VALUES.filter(value => typeof value === 'number'),
      ) as number
      if (changed.length > 0) changed[random.integer(changed.length)] = number
      const tensor = random.uniform() < 0.8 ? { shape, data: changed } : { shape: [...shape, 2 ** 30], data }
      const arrays = { ...state.arrays, [name]: tensor }
      return { what: `${name} ${number}`, run: () => loadAndScore({ ...state, arrays }) }
    },
  }
}

function loadAndScore(state: State): Promise<unknown> {
  return wellBehaved(async () => {
    const model = modelFromState(signed(state))
    checkScores(await detect(model, fresh, { validationLevel: 'permissive' }))
  })
}
