import type { Check } from '../evidence.js'
import { type Finding, percent } from '../issue.js'

/** Largest share of missing readings of a channel, by level. */
const LIMIT = { strict: 0.1, moderate: 0.3, permissive: 0.3 }

/**
 * Missing readings of each channel: one dead sensor among many must not disappear in the mean. Data to be scored are compared with the history
 * instead.
 */
export const checkMissing: Check = ({ channels, level, schema, findings = [] }) =>
  channels.flatMap(({ name, samples, missing, tally }): Finding[] => {
    if (missing === 0 || schema) return []
    const isText = findings.some(({ code, channel }) => code === 'column-text' && channel === name)
    if (missing === samples) return isText ? [] : [{ code: 'channel-dead', channel: name, count: missing }]
    const share = missing / samples
    const code = share > LIMIT[level] ? 'missing-many' : 'missing-some'
    const place = { start: tally.firstMissing, end: tally.firstMissing + 1 }
    const values = { share: percent(share), longest: tally.longestMissing, limit: percent(LIMIT[level]) }
    return [{ code, channel: name, place, count: missing, values }]
  })
