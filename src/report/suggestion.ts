import { counted } from '../core/counted.js'
import { formatDuration } from '../core/duration.js'
import { oneLine } from '../core/safe-text.js'
import type { Suggestion } from '../validate/index.js'
import { formatNumber } from './units.js'

/**
 * A suggestion as YAML that `--config` accepts, each line with its reason.
 *
 * @example
 * import { configYaml } from './suggestion.js'
 * configYaml({ window: 24, leaveOut: [] }, { timeColumn: 'time' }) // => 'train:\n  time-column: "time"\n  window: 24\n'
 */
export function configYaml(
  { window, period, missing, lateRows, leaveOut }: Suggestion,
  { timeColumn, cadenceMs = Number.NaN, reading = {} }: ConfigContext,
): string {
  const lasting = (samples: number) => (cadenceMs > 0 ? `, ${formatDuration(samples * cadenceMs)}` : '')
  const cycle = period
    ? `  # a cycle is ${counted(period.samples, 'sample')}${lasting(period.samples)}; strength ${formatNumber(period.strength, 2)}${window % period.samples === 0 ? '' : '; longer than the largest possible window'}`
    : ''
  const { 'exclude-channels': excluded = [], ...others } = reading
  const left = [
    ...(excluded as readonly string[]).map(channel => `    - ${quoted(channel)}`),
    ...leaveOut.map(({ channel, why }) => `    - ${quoted(channel)}  # ${why}`),
  ]
  const columns = [
    ...(timeColumn === undefined || 'time-column' in others ? [] : [`  time-column: ${quoted(timeColumn)}`]),
    ...(left.length === 0 ? [] : ['  exclude-channels:', ...left]),
  ]
  const found = { missing, 'late-rows': lateRows }
  return [
    'train:',
    ...columns,
    `  window: ${window}${cycle}`,
    ...Object.entries({ ...found, ...others }).flatMap(([key, value]) =>
      value === undefined ? [] : [`  ${key}: ${valueText(value)}`],
    ),
    ...(leaveOut.length === 0 ? [] : ['detect:', ...columns]),
  ]
    .map(line => `${line}\n`)
    .join('')
}

interface ConfigContext {
  readonly timeColumn?: string
  readonly cadenceMs?: number
  /** Options that the table was read with, by their keys in a configuration. */
  readonly reading?: Readonly<Record<string, unknown>>
}

/** A value of YAML on one line: a word or a number as it is, everything else as JSON. */
function valueText(value: unknown): string {
  return typeof value === 'string' &&
    /^[a-z][a-z-]*$/.test(value) &&
    !/^(?:y|n|yes|no|on|off|true|false|null)$/.test(value)
    ? value
    : oneLine(JSON.stringify(value))
}

/** A name as a YAML text in double quotes, on one line. */
const quoted = (name: string) => oneLine(JSON.stringify(name))
