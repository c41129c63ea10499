import { expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { explainEvents } from '../../src/explain/index.js'
import { detect, trainModel } from '../../src/pipeline/index.js'

const WIDTH = 6
const ROWS = 3000
const STEP = { start: 1500, end: 1700 }

/** Channels that one slow factor moves; `by` is added to all of them for 200 samples, in their standard deviations. */
function series(seed: number): { history: Frame; test: (by: number) => Frame } {
  const random = createRandom(seed)
  const [latent, noise] = [random.fork('latent'), random.fork('noise')]
  const values = new Float64Array(2 * ROWS * WIDTH)
  let z = 0
  for (let i = 0; i < 2 * ROWS; i++) {
    z = 0.98 * z + Math.sqrt(1 - 0.98 ** 2) * latent.normal()
    for (let c = 0; c < WIDTH; c++)
      values[i * WIDTH + c] = 10 * (c + 1) + (1 + c / 3) * (z + 0.1 * noise.normal())
  }
  const channels = Array.from({ length: WIDTH }, (_, c) => `c${c}`)
  const part = (start: number) => ({
    timeMs: Float64Array.from({ length: ROWS }, (_, i) => 1.7e12 + 6e4 * (start + i)),
    timeKind: 'utc' as const,
    values: values.slice(start * WIDTH, (start + ROWS) * WIDTH),
    channels,
  })
  const test = (by: number) => {
    const frame = part(ROWS)
    for (let i = STEP.start; i < STEP.end; i++)
      for (let c = 0; c < WIDTH; c++) frame.values[i * WIDTH + c] += by * (1 + c / 3)
    return frame
  }
  return { history: part(0), test }
}

it.each([1, 2])(
  'a step of all channels together is one event of its length, and operation out of range (seed %i)',
  async seed => {
    const { history, test } = series(seed)
    const model = await trainModel(history, { detector: 'auto' })
    const scored = await detect(model, test(4), { validationLevel: 'permissive' })
    const own = scored.events.filter(({ start, end }) => start < STEP.end && end > STEP.start)
    expect(own).toHaveLength(1)
    expect(Math.abs(own[0].start - STEP.start)).toBeLessThanOrEqual(20)
    expect(Math.abs(own[0].end - STEP.end)).toBeLessThanOrEqual(20)
    const [{ kind, verdict, sentence }] = await explainEvents(model, scored, scored.events, own, {
      session: { alignment: 'two-sided' },
    })
    expect([kind, verdict]).toEqual(['out-of-range-operation', 'operation'])
    expect(sentence).not.toContain('drifted')
    expect(sentence).not.toContain('nothing else moved')
  },
)
