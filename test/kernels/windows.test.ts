import { describe, it } from 'vitest'
import { BUILDS, expectClose, twins } from './twins.js'

const SIZES = Array.from({ length: 68 }, (_, i) => i)

describe.each(BUILDS)('windows of a series in the %s build', build => {
  const { array, reset, run, kernels } = twins(build)

  it.each([1, 2, 5])('spread and average squared errors over the samples they cover (stride %i)', stride => {
    for (const size of SIZES) {
      for (const [steps, batch, channels] of [
        [4, 3, size],
        [4, size, 3],
        [size, 2, 5],
      ]) {
        reset()
        const what = `T=${steps} B=${batch} C=${channels}`
        const series = array((batch * stride + steps) * channels, 1)
        const y = array(steps * batch * channels, 2)
        const spread = array((batch * stride + steps) * channels, 3)
        const mean = array(batch * channels + 3, 1)
        run((f, own) =>
          f.spreadSquaredError(own(spread), own(y), own(series), steps, batch, channels, stride),
        )
        if (steps > 0) {
          run((f, own) =>
            f.windowSquaredError(own(mean), own(y), own(series), steps, batch, channels, stride),
          )
        }
        expectClose(spread, 3e-4, `spread ${what}`)
        expectClose(mean, 3e-5, `mean ${what}`)
      }
    }
  })

  it('add windows one by one or together to the same bits', () => {
    reset()
    const [steps, batch, channels] = [6, 9, 3]
    const [, series] = array((batch + steps) * channels)
    const [, y] = array(steps * batch * channels)
    const [, alone] = array((batch + steps) * channels, 0, () => 0)
    const [, together] = array((batch + steps) * channels, 0, () => 0)
    const [, one] = array(steps * channels)
    for (let b = 0; b < batch; b++) {
      for (let t = 0; t < steps; t++) {
        const from = (t * batch + b) * channels
        one.set(y.subarray(from, from + channels), t * channels)
      }
      kernels.spreadSquaredError(
        alone.subarray(b * channels),
        one,
        series.subarray(b * channels),
        steps,
        1,
        channels,
        1,
      )
    }
    kernels.spreadSquaredError(together, y, series, steps, batch, channels, 1)
    expectClose([alone, together], 0)
  })
})
