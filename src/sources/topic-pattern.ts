import { createError } from '../core/errors.js'

/** A topic pattern as MQTT subscribes to it, and what its topics say. */
export interface TopicPattern {
  /** With `+` for each named part. */
  readonly filter: string
  /** The named parts of a topic; undefined when it does not fit. */
  match(topic: string): Readonly<Record<string, string>> | undefined
}

/**
 * Reads a topic pattern: `{name}` stands for one level and names it, `+` for one level, `#` at the end for the rest.
 *
 * @throws OptionError `option-invalid`
 * @example
 * import { topicPattern } from './topic-pattern.js'
 * const pattern = topicPattern('plant/{area}/{device}/telemetry')
 * pattern.filter // => 'plant/+/+/telemetry'
 * pattern.match('plant/hall-2/pump-7/telemetry') // => { "area": "hall-2", "device": "pump-7" }
 * pattern.match('plant/pump-7') // => undefined
 */
export function topicPattern(pattern: string): TopicPattern {
  const levels = pattern.split('/')
  const names = levels.map(level => /^\{([^{}]+)\}$/.exec(level)?.[1])
  const wrong = levels.find((level, i) => {
    if (names[i] !== undefined || level === '+') return false
    return level === '#' ? i < levels.length - 1 : /[{}+#\0]/.test(level)
  })
  if (
    pattern === '' ||
    wrong !== undefined ||
    new Set(names.filter(Boolean)).size < names.filter(Boolean).length
  )
    throw createError('option-invalid', {
      name: '--topics',
      got: pattern,
      where: 'the command line or configuration',
      wanted: 'it must be a topic whose levels are text, a {name} that is used once, +, or # at the end',
    })
  const isOpen = levels.at(-1) === '#'
  const filter = levels.map((level, i) => (names[i] === undefined ? level : '+')).join('/')
  return {
    filter,
    match(topic) {
      const parts = topic.split('/')
      if (isOpen ? parts.length < levels.length - 1 : parts.length !== levels.length) return undefined
      const fields: Record<string, string> = {}
      for (let i = 0; i < levels.length; i++) {
        const name = names[i]
        if (name !== undefined) fields[name] = parts[i]
        else if (levels[i] === '#') break
        else if (levels[i] !== '+' && levels[i] !== parts[i]) return undefined
      }
      return fields
    },
  }
}
