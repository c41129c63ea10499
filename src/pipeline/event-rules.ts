import { checkEventOptions, type EventOptions } from '../events/index.js'

/** The rules of events that `train` stores and `detect` may override; those of single channels need a detector that tells what it expected. */
const EVENT_KEYS = [
  'mergeGap',
  'minLength',
  'openCount',
  'openWithin',
  'closeBelow',
  'criticalScore',
  'coolDown',
] as const satisfies readonly (keyof EventOptions)[]
export type EventSettings = Pick<EventOptions, (typeof EVENT_KEYS)[number]>

/**
 * The rules by which scores become events: as the options say, else as trained, else the plain ones.
 *
 * @throws OptionError `option-invalid` when they contradict each other
 */
export function eventRulesOf(
  options: EventSettings,
  trained: Readonly<Record<string, unknown>> = {},
): EventSettings {
  const rules: EventSettings = Object.fromEntries(
    EVENT_KEYS.map(key => [key, options[key] ?? trained[key]]).filter(([, value]) => value !== undefined),
  )
  checkEventOptions(rules)
  return rules
}
