import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { knownOnly, refuseUnknown } from '../../src/core/parse-options.js'
import { backtest, type TrainSettings, trainModel, trainOptions } from '../../src/pipeline/index.js'

const frame = {
  timeMs: Float64Array.from({ length: 400 }, (_, i) => i),
  timeKind: 'index' as const,
  values: Float64Array.from({ length: 400 }, (_, i) => Math.sin(0.3 * i) + 0.01 * ((i * 7) % 11)),
  channels: ['a'],
}

describe('a setting that is not known', () => {
  const schema = z.object({ window: z.number().optional() })

  it('is refused with the nearest name, unless it is undefined', () => {
    expect(() => refuseUnknown(schema, { windw: 3 }, 'x')).toThrow(
      expect.objectContaining({
        code: 'option-unknown',
        where: { name: 'windw', where: 'x', nearest: 'window' },
      }),
    )
    expect(() => refuseUnknown(schema, { window: 3, windw: undefined }, 'x')).not.toThrow()
    expect(knownOnly(schema, { window: 3, other: 4 })).toEqual({ window: 3 })
  })

  it.each(Object.keys(trainOptions.shape))('%s, misspelt, refuses a training and a backtest', async name => {
    const settings = { [`${name}x`]: 1 } as TrainSettings
    const refusal = expect.objectContaining({
      code: 'option-unknown',
      where: expect.objectContaining({ nearest: name }),
    })
    await expect(trainModel(frame, settings)).rejects.toEqual(refusal)
    await expect(
      backtest(frame, new Uint8Array(400), settings, { retrainEvery: '100', firstRows: 200 }),
    ).rejects.toEqual(refusal)
  })
})
