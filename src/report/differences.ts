import type { ModelInfo } from '../model/index.js'
import type { Cell, Row } from './rows.js'
import { formatInstant } from './units.js'

/** Facts that differ in any two models and say nothing about them, sentences about facts that are there, and what other facts are calculated from. */
const INCIDENTAL =
  /^(?:id|createdAt|training\.seconds|members\..+\.seconds|versions\.|calibration\..+\.steps\.|calibration\..+\.expectedAlarms\.(?:warning|aboveShare|clusters|decisionsPerDay|horizonDays|spanDays|supportedPerDay))/

/**
 * What two models say about themselves and where it differs: options, settings, data, training and calibration, one row each, named by its path.
 * A fact that one of them lacks is null there.
 */
export function differences(first: ModelInfo, second: ModelInfo, names: readonly [string, string]): Row[] {
  const [a, b] = [factsOf(first), factsOf(second)]
  const paths = [...new Set([...a.keys(), ...b.keys()])].filter(path => !INCIDENTAL.test(path))
  return paths
    .filter(path => a.get(path) !== b.get(path) && !isRepeated(path, [a, b]))
    .sort()
    .map(path => ({ fact: path, [names[0]]: a.get(path) ?? null, [names[1]]: b.get(path) ?? null }))
}

/** Whether a path is an option whose value is also a fact of the model itself. */
function isRepeated(path: string, facts: readonly ReadonlyMap<string, Cell>[]): boolean {
  const fact = path.replace(/^options\./, '')
  return fact !== path && facts.every(of => of.has(fact) && of.get(fact) === of.get(path))
}

/** Properties by their keys; items of a list, such as members and channels, by their names where all have one of their own. */
function entriesOf(value: object): [key: string, item: unknown][] {
  if (!Array.isArray(value)) return Object.entries(value)
  const names = value.map(item => item?.name)
  const isNamed = names.every(name => typeof name === 'string') && new Set(names).size === names.length
  return value.map((item, k) => {
    if (!isNamed) return [String(k), item]
    const { name, ...rest } = item
    return [name, rest]
  })
}

/** Every leaf of an object by its path; lists of plain values are one leaf. */
function factsOf(info: ModelInfo): Map<string, Cell> {
  const facts = new Map<string, Cell>()
  const walk = (value: unknown, path: string) => {
    const isList = Array.isArray(value) && value.every(item => typeof item !== 'object')
    if (isList) facts.set(path, value.join(', '))
    else if (typeof value === 'object' && value !== null)
      for (const [key, item] of entriesOf(value)) walk(item, path === '' ? key : `${path}.${key}`)
    else if (value !== undefined) facts.set(path, value as Cell)
  }
  const { training } = info
  const [from, to] = [training.from, training.to].map(time => formatInstant(time, training.timeKind))
  walk({ ...info, training: { ...training, from, to } }, '')
  return facts
}
