import type { ModelInfo } from '../model/index.js'
import type { Cell, Row } from './rows.js'

/** Facts that differ in any two models and say nothing about them, and sentences about facts that are there. */
const INCIDENTAL =
  /^(?:id|createdAt|training\.seconds|members\..+\.seconds|versions\.|calibration\..+\.expectedAlarms\.warning)/

/**
 * What two models say about themselves and where it differs: options, settings, data, training and calibration, one row each, named by its path.
 * A fact that one of them lacks is null there.
 */
export function differences(first: ModelInfo, second: ModelInfo, names: readonly [string, string]): Row[] {
  const [a, b] = [factsOf(first), factsOf(second)]
  const paths = [...new Set([...a.keys(), ...b.keys()])].filter(path => !INCIDENTAL.test(path))
  return paths
    .filter(path => a.get(path) !== b.get(path))
    .sort()
    .map(path => ({ fact: path, [names[0]]: a.get(path) ?? null, [names[1]]: b.get(path) ?? null }))
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
function factsOf(info: object): Map<string, Cell> {
  const facts = new Map<string, Cell>()
  const walk = (value: unknown, path: string) => {
    const isList = Array.isArray(value) && value.every(item => typeof item !== 'object')
    if (isList) facts.set(path, value.join(', '))
    else if (typeof value === 'object' && value !== null)
      for (const [key, item] of entriesOf(value)) walk(item, path === '' ? key : `${path}.${key}`)
    else if (value !== undefined) facts.set(path, value as Cell)
  }
  walk(info, '')
  return facts
}
