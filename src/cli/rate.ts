import { z } from 'zod'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../core/milliseconds.js'

const RATE = /^(\d+(?:\.\d+)?)(Hz|\/s|\/min|\/h|\/d)$/
const PERIODS_MS: Readonly<Record<string, number>> = {
  Hz: 1000,
  '/s': 1000,
  '/min': MINUTE_MS,
  '/h': HOUR_MS,
  '/d': DAY_MS,
}

/** A number of things in a time, as an option. */
export const rateOption = () =>
  z
    .string()
    .refine(text => Number(RATE.exec(text)?.[1]) > 0, 'must be a rate such as 1Hz, 10/s, 2/min or 10/h')

/**
 * Reads a rate.
 *
 * @example
 * import { parseRate } from './rate.js'
 * parseRate('10/h') // => { "count": 10, "periodMs": 3600000 }
 */
export function parseRate(text: string): { readonly count: number; readonly periodMs: number } {
  const [, number, unit] = RATE.exec(text) as unknown as [string, string, string]
  return { count: Number(number), periodMs: PERIODS_MS[unit]! }
}
