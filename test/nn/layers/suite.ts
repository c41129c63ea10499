import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/core/random.js'
import { type KernelBuild, preferredBuild } from '../../../src/kernels/index.js'
import {
  type Architecture,
  createNetwork,
  initialWeights,
  type LayerSpec,
  type Network,
} from '../../../src/nn/index.js'
import type { Pass } from '../../../src/nn/layers/index.js'
import { runNetwork } from '../run.js'

export function architectureOf(inputShape: [number, number], layers: LayerSpec[]): Architecture {
  return { name: 'test', inputShape, layers }
}

/** Batch-major `[batch, steps, width]` <-> time-major `[steps, batch, width]`; its own inverse with the sizes exchanged. */
function exchange(values: ArrayLike<number>, outer: number, inner: number, width: number): Float32Array {
  const out = new Float32Array(outer * inner * width)
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      for (let c = 0; c < width; c++) out[(i * outer + o) * width + c] = values[(o * inner + i) * width + c]
    }
  }
  return out
}

/** Output and gradients of one training pass, batch-major; without a `step` the layers act as in scoring. */
function pass(
  network: Network,
  weights: Float32Array,
  x: ArrayLike<number>,
  batch: number,
  build: KernelBuild,
  step?: Pass,
) {
  const { inShape, outShape } = network
  // Room for more than the batch: what lies behind it must not matter.
  const run = runNetwork(network, { batch: batch + 3, training: true, build })
  run.weights.set(weights)
  run.refresh()
  run.input.set(exchange(x, batch, inShape.steps, inShape.width))
  const forward = () =>
    run.forward({ data: run.input, rows: inShape.steps * batch, stepRows: batch, batchRows: 1 }, batch, step)
  return {
    run,
    output: () =>
      exchange(
        forward().subarray(0, outShape.steps * batch * outShape.width),
        outShape.steps,
        batch,
        outShape.width,
      ),
    gradients(yGradient: ArrayLike<number>): Float32Array {
      run.gradients.fill(0)
      run.lossGradient.set(exchange(yGradient, batch, outShape.steps, outShape.width))
      run.backward(run.lossGradient, batch)
      return run.gradients
    },
  }
}

/** The step that window b of a test is part of: windows begin 10 samples apart. */
function stepOf(batch: number, seed = 11): Pass {
  return { seed, windows: Int32Array.from({ length: batch }, (_, b) => 100 + 10 * b), share: 1 / batch }
}

function flatWeights(network: Network, named: Readonly<Record<string, number[]>>): Float32Array {
  const out = new Float32Array(network.flatLength)
  for (const { name, offset, length } of network.slots) {
    expect(named[name], name).toHaveLength(length)
    out.set(named[name], offset)
  }
  return out
}

/** Largest difference, relative to the largest magnitude of the expected values. */
function relativeError(got: ArrayLike<number>, wanted: readonly number[]): number {
  expect(got.length).toBe(wanted.length)
  const difference = Math.max(...wanted.map((value, i) => Math.abs(got[i] - value)))
  return difference / Math.max(...wanted.map(Math.abs))
}

interface Case {
  name: string
  inputShape: [number, number]
  layers: LayerSpec[]
  batch: number
  x: number[]
  weights: Record<string, number[]>
  y: number[]
  yShape: number[]
  yGradient: number[]
  gradients: Record<string, number[]>
  /** Of a case in training. */
  step?: { seed: number; windows: number[]; share: number }
  penalty?: number
}

const CASES = (
  JSON.parse(readFileSync(new URL('../../fixtures/nn/layers.json', import.meta.url), 'utf8')) as {
    cases: Case[]
  }
).cases

/** The cases of the PyTorch fixture whose names begin with `prefix`. */
export function likePyTorch(prefix: string): void {
  const cases = CASES.filter(({ name }) => name.startsWith(prefix))
  if (cases.length === 0) throw new Error(`the fixture has no case ${prefix}`)
  describe.each(cases)('PyTorch: $name', fixture => {
    it.each(['reference', preferredBuild()] as const)('gives the same output and gradients (%s)', build => {
      const network = createNetwork(architectureOf(fixture.inputShape, fixture.layers))
      const { steps, width } = network.outShape
      expect([fixture.batch, steps, width]).toEqual(fixture.yShape)
      const step = fixture.step && { ...fixture.step, windows: Int32Array.from(fixture.step.windows) }
      const { run, output, gradients } = pass(
        network,
        flatWeights(network, fixture.weights),
        fixture.x,
        fixture.batch,
        build,
        step,
      )
      expect(relativeError(output(), fixture.y)).toBeLessThan(2e-6)
      if (fixture.penalty) expect(run.penalty() / fixture.penalty).toBeCloseTo(1, 5)
      const got = gradients(fixture.yGradient)
      for (const { name, offset, length } of network.slots) {
        if (fixture.gradients[name] === undefined) {
          expect(
            got.subarray(offset, offset + length).every(value => value === 0),
            name,
          ).toBe(true)
          continue
        }
        expect(
          relativeError(got.subarray(offset, offset + length), fixture.gradients[name]),
          name,
        ).toBeLessThan(5e-6)
      }
    })
  })
}

const isStatistic = (network: Network, offset: number) =>
  network.statistics.some(({ start }) => start === offset)

/** The gradient of sum(y * yGradient) and what the layers add to the loss, against central differences. */
function checkGradient(
  network: Network,
  weights: Float32Array,
  x: Float32Array,
  yGradient: Float32Array,
  batch: number,
  step?: Pass,
): void {
  const { run, output, gradients } = pass(network, weights, x, batch, 'reference', step)
  const loss = () =>
    output().reduce((sum, value, i) => sum + value * yGradient[i], 0) + run.penalty() * (step?.share ?? 0)
  output()
  const got = gradients(yGradient).slice()
  for (const { name, offset, length } of network.slots) {
    if (isStatistic(network, offset)) continue
    const largest = Math.max(...got.subarray(offset, offset + length).map(Math.abs))
    for (let i = offset; i < offset + length; i += Math.max(1, Math.floor(length / 12))) {
      const at = (delta: number) => {
        run.weights[i] = weights[i] + delta
        return { loss: loss(), weight: run.weights[i] }
      }
      const [up, down] = [at(2e-3), at(-2e-3)]
      run.weights[i] = weights[i]
      const numeric = (up.loss - down.loss) / (up.weight - down.weight)
      expect(Math.abs(got[i] - numeric), `${name}[${i - offset}]`).toBeLessThan(2e-3 * largest + 1e-3)
    }
  }
}

/** What holds for every layer, whatever it computes. `architectures` by what is special about them. */
export function conforms(architectures: Readonly<Record<string, Architecture>>): void {
  describe.each(Object.entries(architectures))('as a layer, %s,', (_, architecture) => {
    const network = createNetwork(architecture)
    const { inShape, outShape } = network
    const random = createRandom(8)
    const noise = (length: number) => Float32Array.from({ length }, () => random.normal())
    const weights = initialWeights(network, createRandom(3)).map(value => value + 0.1 * random.normal())

    it('has the gradient that central differences give', () => {
      const batch = 3
      const x = noise(batch * inShape.steps * inShape.width)
      const yGradient = noise(batch * outShape.steps * outShape.width)
      checkGradient(network, weights, x, yGradient, batch)
    })

    it('has gradients that do not depend on the passes before', () => {
      const x = noise(7 * inShape.steps * inShape.width)
      const yGradient = noise(7 * outShape.steps * outShape.width)
      const fresh = pass(network, weights, x, 4, preferredBuild())
      fresh.output()
      const wanted = fresh.gradients(yGradient.subarray(0, 4 * outShape.steps * outShape.width)).slice()
      const used = runNetwork(network, { batch: 7, training: true })
      used.weights.set(weights)
      used.refresh()
      for (const batch of [7, 4]) {
        const { steps, width } = inShape
        used.input.set(exchange(x, batch, steps, width))
        used.forward({ data: used.input, rows: steps * batch, stepRows: batch, batchRows: 1 }, batch)
        used.gradients.fill(0)
        used.lossGradient.set(exchange(yGradient, batch, outShape.steps, outShape.width))
        used.backward(used.lossGradient, batch)
      }
      expect(used.gradients).toEqual(wanted)
    })

    it.each([
      [1, 1],
      [2, 1],
      [9, 1],
      [8, 2],
      [5, 3],
      [3, 50],
    ])('gives each of %i windows, %i samples apart, the bits it has alone and copied', (batch, stride) => {
      const { steps, width } = inShape
      const rows = (batch - 1) * stride + steps
      const series = noise(rows * width)
      const build = preferredBuild()
      const overlapping = runNetwork(network, { batch, training: false, stride, build })
      overlapping.weights.set(weights)
      overlapping.input.set(series)
      const y = overlapping.forward({ data: overlapping.input, rows, stepRows: 1, batchRows: stride }, batch)
      const windows = Array.from({ length: batch }, (_, b) =>
        series.subarray(b * stride * width, (b * stride + steps) * width),
      )
      const joined = Float32Array.from(windows.flatMap(window => [...window]))
      const together = pass(network, weights, joined, batch, build).output()
      const size = outShape.steps * outShape.width
      const got = exchange(y.subarray(0, batch * size), outShape.steps, batch, outShape.width)
      for (let b = 0; b < batch; b++) {
        const alone = pass(network, weights, windows[b], 1, build).output()
        expect(together.subarray(b * size, (b + 1) * size)).toEqual(alone)
        expect(got.subarray(b * size, (b + 1) * size)).toEqual(alone)
      }
    })
  })
}

/**
 * What holds for every layer that acts otherwise in training than in scoring.
 *
 * @param sees whether what a window gives in training may depend on the windows beside it
 */
export function conformsInTraining(
  architectures: Readonly<Record<string, Architecture>>,
  sees: 'each window alone' | 'the windows together' = 'each window alone',
): void {
  describe.each(Object.entries(architectures))('as a layer in training, %s,', (_, architecture) => {
    const network = createNetwork(architecture)
    const { inShape, outShape } = network
    const size = inShape.steps * inShape.width
    const outSize = outShape.steps * outShape.width
    const random = createRandom(18)
    const noise = (length: number) => Float32Array.from({ length }, () => random.normal())
    const weights = initialWeights(network, createRandom(3)).map(value => value + 0.1 * random.normal())
    const x = noise(6 * size)
    const yGradient = noise(6 * outSize)

    it('has the gradient that central differences give', () => {
      checkGradient(
        network,
        weights,
        x.subarray(0, 4 * size),
        yGradient.subarray(0, 4 * outSize),
        4,
        stepOf(4),
      )
    })

    it('gives the same again for the same step, also after a pass of scoring', () => {
      const { run, output, gradients } = pass(network, weights, x, 6, preferredBuild(), stepOf(6))
      const y = output()
      const wanted = gradients(yGradient).slice()
      run.forward({ data: run.input, rows: inShape.steps * 6, stepRows: 6, batchRows: 1 }, 6)
      expect(output()).toEqual(y)
      expect(gradients(yGradient)).toEqual(wanted)
    })

    if (sees === 'the windows together') return
    it('gives each window the bits that it has without the others', () => {
      const together = pass(network, weights, x, 6, preferredBuild(), stepOf(6)).output()
      for (let b = 0; b < 6; b++) {
        const step = { ...stepOf(6), windows: stepOf(6).windows.subarray(b, b + 1) }
        const own = x.subarray(b * size, (b + 1) * size)
        const alone = pass(network, weights, own, 1, preferredBuild(), step).output()
        expect(together.subarray(b * outSize, (b + 1) * outSize)).toEqual(alone)
      }
    })
  })
}

/** Whether two steps differ, which they do where a layer draws noise. */
export function differsFromStepToStep(architecture: Architecture): boolean {
  const network = createNetwork(architecture)
  const { steps, width } = network.inShape
  const random = createRandom(28)
  const x = Float32Array.from({ length: 3 * steps * width }, () => random.normal())
  const weights = initialWeights(network, createRandom(3))
  const output = (seed: number) =>
    pass(network, weights, x, 3, preferredBuild(), stepOf(3, seed)).output().join()
  return output(11) !== output(12)
}

/** The message of the error that an architecture is refused with. */
export function refusal(inputShape: [number, number], layers: LayerSpec[]): unknown {
  try {
    createNetwork(architectureOf(inputShape, layers))
  } catch (error) {
    return error
  }
  return undefined
}
