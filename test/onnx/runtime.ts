import { env, InferenceSession, Tensor } from 'onnxruntime-web'

env.wasm.numThreads = 1

export type Values = Readonly<Record<string, { readonly shape: readonly number[]; readonly data: number[] }>>
/** Runs the file on a batch; several calls share one session. */
export type Runner = (
  inputs: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly data: Float64Array | Float32Array }>
  >,
) => Promise<Values>

/** A file in ONNX Runtime (WASM, one thread). */
export async function openOnnx(bytes: Uint8Array): Promise<Runner> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 })
  return async inputs => {
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, { shape, data }]) => [
        name,
        data instanceof Float64Array
          ? new Tensor('float64', data, shape)
          : new Tensor('float32', data, shape),
      ]),
    )
    const outputs = await session.run(feeds)
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { dims, data }]) => [
        name,
        { shape: dims, data: Array.from(data as ArrayLike<number>, Number) },
      ]),
    )
  }
}

/** Largest difference, relative to 1 or to the expected value where that is more. */
export function difference(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (got.length !== wanted.length) return Number.POSITIVE_INFINITY
  let largest = 0
  for (let i = 0; i < wanted.length; i++) {
    const apart = Math.abs(got[i] - wanted[i]) / Math.max(1, Math.abs(wanted[i]))
    // A NaN on one side only is as far as can be.
    if (Object.is(got[i], wanted[i])) continue
    largest = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(largest, apart)
  }
  return largest
}
