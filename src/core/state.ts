/** JSON value: all that a manifest may hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** An array with its shape, row-major. */
export interface Tensor {
  readonly shape: readonly number[]
  readonly data: Float32Array | Float64Array
}

/**
 * Everything that is needed to restore a fitted stage: options as JSON and numbers as named tensors.
 * It contains no code. `pipeline/registry.ts` maps `kind` to the function that loads it.
 */
export interface State {
  readonly kind: string
  readonly version: number
  readonly options: Json
  readonly arrays: Readonly<Record<string, Tensor>>
}
