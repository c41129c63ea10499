import { oneLine } from '../core/safe-text.js'
import type { Suggestion } from '../validate/index.js'
import { formatDuration, formatNumber } from './units.js'

/**
 * A suggestion as YAML that `--config` accepts, each line with its reason.
 *
 * @example
 * import { configYaml } from './suggestion.js'
 * configYaml({ window: 24, leaveOut: [] }, { timeColumn: 'time' }) // => 'train:\n  time-column: "time"\n  window: 24\n'
 */
export function configYaml(
  { window, period, missing, leaveOut }: Suggestion,
  { timeColumn, cadenceMs = Number.NaN }: { readonly timeColumn?: string; readonly cadenceMs?: number },
): string {
  const lasting = (samples: number) => (cadenceMs > 0 ? `, ${formatDuration(samples * cadenceMs)}` : '')
  const cycle = period
    ? `  # a cycle is ${period.samples} samples${lasting(period.samples)}; strength ${formatNumber(period.strength, 2)}${window % period.samples === 0 ? '' : '; longer than the largest possible window'}`
    : ''
  const columns = [
    ...(timeColumn === undefined ? [] : [`  time-column: ${quoted(timeColumn)}`]),
    ...(leaveOut.length === 0
      ? []
      : ['  exclude-channels:', ...leaveOut.map(({ channel, why }) => `    - ${quoted(channel)}  # ${why}`)]),
  ]
  return [
    'train:',
    ...columns,
    `  window: ${window}${cycle}`,
    ...(missing === undefined ? [] : [`  missing: ${missing}`]),
    ...(leaveOut.length === 0 ? [] : ['detect:', ...columns]),
  ]
    .map(line => `${line}\n`)
    .join('')
}

/** A name as a YAML text in double quotes, on one line. */
const quoted = (name: string) => oneLine(JSON.stringify(name))
