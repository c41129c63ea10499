import { describe, expect, it } from 'vitest'
import { ArtefactError } from '../../src/core/errors.js'
import type { Json, State } from '../../src/core/state.js'
import { contentId } from '../../src/model/content-id.js'
import { modelFromState, modelToState } from '../../src/model/index.js'
import { fixtureState, NAMES } from './fixtures.js'

type Path = readonly (string | number)[]

/** Every field of a JSON value. */
function* fieldsOf(value: Json, path: Path = []): Generator<Path> {
  if (path.length > 0) yield path
  if (typeof value !== 'object' || value === null) return
  for (const [key, item] of Object.entries(value))
    yield* fieldsOf(item, [...path, Array.isArray(value) ? Number(key) : key])
}

/** A copy with one field changed; undefined takes it away. */
function changed(root: Json, path: Path, make: (value: Json) => Json | undefined): Json {
  const copy = structuredClone(root) as Record<string | number, Json>
  const parent = path.slice(0, -1).reduce((at, key) => at[key] as never, copy)
  const last = path[path.length - 1]
  const value = make(parent[last])
  if (value !== undefined) parent[last] = value
  else if (Array.isArray(parent)) parent.splice(Number(last), 1)
  else delete parent[last]
  return copy
}

const same = (a: Json | undefined, b: Json) =>
  Object.is(a, b) || (a !== Infinity && JSON.stringify(a) === JSON.stringify(b))
const isObject = (value: Json) => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What damage does to a field; the same value where it means nothing for it. */
const DAMAGES: Readonly<Record<string, (value: Json) => Json | undefined>> = {
  'of a wrong type': value => (typeof value === 'number' ? true : 7.5),
  'the text NaN': value => (typeof value === 'string' ? value : 'NaN'),
  negative: value => (typeof value === 'number' && value > 0 ? -value : value),
  empty: value => (typeof value === 'string' ? '' : Array.isArray(value) ? [] : isObject(value) ? {} : value),
  huge: value => (typeof value === 'number' ? 1e300 : typeof value === 'string' ? 'x'.repeat(20_000) : value),
  infinite: value => (typeof value === 'number' ? Number.POSITIVE_INFINITY : value),
  removed: () => undefined,
  'with an unknown key': value => (isObject(value) ? { ...(value as object), strange: 1 } : value),
}

/** Damage that leaves a sound model, which only the hash of the manifest or the id of the model can tell from the true one. */
const UNSEEN: readonly (readonly [field: RegExp, damages: string, why: string])[] = [
  [/^schema\.channels\.\d\.min$/, 'negative', 'readings may have either sign'],
  [/^schema\.channels\.\d\.max$/, 'huge', 'readings may have any size'],
  [/\.usual\.((two-sided|causal)\.)?(\d+\.)?median$/, 'negative', 'a logarithm'],
  [/\.history\.\d\.(loss|validationLoss)$/, 'negative, huge', 'any finite number'],
  [/(^stages\.|\.)threshold\.options\.base$/, 'negative', 'scores relative to their mean have either sign'],
  [/(^stages\.|\.)threshold\.options\.run$/, 'of a wrong type', 'a number during a run, else null'],
  [/^training\.from$/, 'negative', 'a time before 1970'],
  [/^(timeColumn|labelColumn)$/, 'the text NaN', 'a name of the user, or null'],
  [/^schema$/, 'removed', 'models made before it was kept have none'],
  [/^calibration\.promise$/, 'removed', 'models made before it was kept have none'],
  [/^calibration\.(two-sided|causal)\.expectedAlarms$/, 'removed', 'those models have none either'],
  [
    /^calibration\.(two-sided|causal)\.regimes$/,
    'removed, empty',
    'absent when it is off, empty when none was found',
  ],
  [/\.architecture\.(.*\.activation)$/, 'removed', 'linear when it is left out'],
  [
    /^options\.(detector|architecture|units|latent|eventLength)$/,
    'removed',
    'says what was asked for, and decides nothing',
  ],
  [/^settings\.events\.eventLength$/, 'removed', 'absent where scores are smoothed over several lengths'],
]
/** Refused, with the name of what they contradict instead of their own. */
const NAMED_OTHERWISE: readonly (readonly [field: RegExp, damages: string, name: string])[] = [
  [/^options\.(falseAlarms|thresholdRule|quantile)$/, 'removed', 'settings.threshold'],
  [/^settings\.threshold\./, 'removed, huge', 'settings.threshold'],
  [/\.threshold\.options\.relative$/, 'negative', 'level'],
  [/\.members\.\d$/, 'removed', 'member'],
  [/\.history\.\d\.validationLoss$/, 'negative, huge', 'bestValidationLoss'],
  [/\.(layers|moving)\.\d$/, 'removed', 'architecture'],
  [/members\.0\.state\.options\.architecture$/, 'removed', 'detector.member0'],
  [/\.horizon$/, 'removed', 'architecture'],
  [/^calibration\.(two-sided|causal)$/, 'removed', 'calibration'],
  [/\.usual\.(two-sided|causal)$/, 'removed', 'usual'],
  [/\.parts\.member\d$/, 'removed', 'detector.options.parts'],
]
/** What a manifest of today holds as a record of what was asked for: protected by the id alone. */
const RECORD = /^options(\.|$)/

/** Undefined when the state is refused as it should be, else what happened. */
function failure(state: State, path: Path, damage: string): string | undefined {
  const field = path.join('.')
  const hits = ([pattern, damages]: readonly [RegExp, string, string]) =>
    pattern.test(field) && damages.split(', ').includes(damage)
  const key = path.filter(part => typeof part === 'string').at(-1) as string
  const wanted = NAMED_OTHERWISE.find(hits)?.[2] ?? key
  try {
    modelFromState(state)
    return UNSEEN.some(hits) ? undefined : `${field} ${damage}: loads`
  } catch (error) {
    const isRight = error instanceof ArtefactError && error.message.includes(wanted)
    return isRight ? undefined : `${field} ${damage}: ${String(error).slice(0, 300)}`
  }
}

function failures(state: State, fields: Iterable<Path>, seal: (state: State) => State): string[] {
  const found: string[] = []
  for (const path of fields)
    for (const [damage, make] of Object.entries(DAMAGES)) {
      const value = path.reduce((at, key) => at[key] as never, state.options as Record<string | number, Json>)
      if (same(make(value as Json), value as Json)) continue
      const options = changed(state.options, path, make)
      const what = failure(seal({ ...state, options }), path, damage)
      if (what !== undefined) found.push(what)
    }
  return found
}

describe('a manifest with one damaged field', () => {
  it.each(NAMES)(
    '%s of telltale 0.1 is refused with the name of the field',
    name => {
      const state = fixtureState(name)
      const fields = [...fieldsOf(state.options)]
      expect(fields.length).toBeGreaterThan(100)
      expect(failures(state, fields, same => same)).toEqual([])
    },
    60_000,
  )

  it.each(NAMES)(
    '%s of today is refused with the name of the field, though its id is right',
    name => {
      const state = modelToState(modelFromState(fixtureState(name)))
      const fields = [...fieldsOf(state.options)].filter(
        path => !RECORD.test(path.join('.')) && path[0] !== 'id',
      )
      const seal = (damaged: State): State => {
        try {
          return { ...damaged, options: { ...(damaged.options as object), id: contentId(damaged) } }
        } catch {
          return damaged
        }
      }
      expect(failures(state, fields, seal)).toEqual([])
    },
    60_000,
  )

  it('is refused when any field of today is changed and the id is not', () => {
    const state = modelToState(modelFromState(fixtureState('auto')))
    for (const path of fieldsOf(state.options)) {
      const options = changed(state.options, path, value => (value === null ? 'x' : null))
      expect(() => modelFromState({ ...state, options }), path.join('.')).toThrow(ArtefactError)
    }
  })
})
