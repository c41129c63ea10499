import { createError } from './errors.js'

/** JSON value: all that a manifest may hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** The same data, not to be changed. */
export type Immutable<T> = Json extends T
  ? T
  : T extends object
    ? { readonly [K in keyof T]: Immutable<T[K]> }
    : T

/** An array with its shape, row-major. */
export interface Tensor {
  readonly shape: readonly number[]
  readonly data: Float32Array | Float64Array
}

/**
 * Everything a fitted stage needs to come back: options as JSON and numbers as named tensors.
 * It executes nothing. `model/registry.ts` maps the `kind` of a fitted stage to the function that loads it.
 */
export interface State {
  readonly kind: string
  readonly version: number
  readonly options: Json
  readonly arrays: Readonly<Record<string, Tensor>>
}

/** Numbers as a tensor of one dimension. */
export function vector(data: Float32Array | Float64Array): Tensor {
  return { shape: [data.length], data }
}

/**
 * Several states as the options and arrays of one: arrays by `name.array`, the rest by name under `parts`. Undefined ones are left out.
 *
 * @example
 * import { nestedState, nestStates } from './state.js'
 * const part = { kind: 'a', version: 1, options: { n: 2 }, arrays: {} }
 * const whole = { kind: 'b', version: 1, ...nestStates({ first: part, second: undefined }) }
 * nestedState(whole, 'first').options // => { "n": 2 }
 * nestedState(whole, 'second') // => undefined
 */
export function nestStates(
  states: Readonly<Record<string, State | undefined>>,
): Pick<State, 'arrays'> & { readonly options: { readonly parts: { readonly [name: string]: Json } } } {
  const arrays: Record<string, Tensor> = {}
  const parts: Record<string, Json> = {}
  for (const [name, state] of Object.entries(states)) {
    if (state === undefined) continue
    const { kind, version, options } = state
    parts[name] = { kind, version, options }
    for (const [key, tensor] of Object.entries(state.arrays)) arrays[`${name}.${key}`] = tensor
  }
  return { options: { parts }, arrays }
}

/** One of the states that `nestStates` put into another; undefined when it is not there. */
export function nestedState(
  { options, arrays }: Pick<State, 'options' | 'arrays'>,
  name: string,
): State | undefined {
  const parts = (options as { parts?: Record<string, Omit<State, 'arrays'>> } | null)?.parts
  if (parts === undefined || !Object.hasOwn(parts, name)) return undefined
  const prefix = `${name}.`
  const own = Object.keys(arrays)
    .filter(key => key.startsWith(prefix))
    .map(key => [key.slice(prefix.length), arrays[key]] as const)
  return { ...parts[name], arrays: Object.fromEntries(own) }
}

/**
 * Refuses a state that is not of this kind and version, or lacks one of these arrays.
 *
 * @param lengths expected number of elements by the name of the array; null = any
 * @throws ArtefactError `state-unfit`
 */
export function checkState(
  state: State,
  kind: string,
  version: number,
  lengths: Readonly<Record<string, number | null>> = {},
): State {
  const refuse = (got: string, wanted: string) => createError('state-unfit', { got, wanted })
  if (state.kind !== kind || state.version !== version)
    throw refuse(`${state.kind} version ${state.version}`, `${kind} version ${version}`)
  for (const [name, length] of Object.entries(lengths)) {
    const found = Object.hasOwn(state.arrays, name) ? state.arrays[name].data.length : undefined
    if (found === undefined || (length !== null && found !== length))
      throw refuse(
        found === undefined ? `${kind} without ${name}` : `${kind} with ${found} numbers in ${name}`,
        `${kind} with ${length === null ? name : `${length} numbers in ${name}`}`,
      )
  }
  return state
}

/**
 * Refuses a state that was saved under other circumstances than these.
 *
 * @param wanted what its options must say, by name
 * @throws ArtefactError `state-unfit`
 */
export function checkOptions(
  { kind, options }: State,
  wanted: Readonly<Record<string, string | number | boolean>>,
): void {
  const said = options as Readonly<Record<string, Json | undefined>> | null
  for (const [name, value] of Object.entries(wanted)) {
    const got = said?.[name]
    if (got !== value)
      throw createError('state-unfit', {
        got: `${kind} with ${name} ${JSON.stringify(got) ?? 'unknown'}`,
        wanted: `${kind} with ${name} ${JSON.stringify(value)}`,
      })
  }
}

/**
 * A count that a state holds in its options.
 *
 * @throws ArtefactError `state-unfit` when it is no whole number from 0 on
 */
export function countIn({ kind, options }: State, name: string): number {
  const value = (options as Readonly<Record<string, Json | undefined>> | null)?.[name]
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw createError('state-unfit', {
      got: `${kind} with ${name} ${JSON.stringify(value) ?? 'unknown'}`,
      wanted: `${kind} with a whole number of at least 0 in ${name}`,
    })
  return value
}
