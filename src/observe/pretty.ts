import { oneLine } from '../core/safe-text.js'

/** One line of the JSON log as readable text: `HH:MM:SS LEVEL message key=value`, time in UTC; a stack follows indented. */
export function prettyLine(json: string): string {
  const { time, level, msg, err, ...fields } = JSON.parse(json) as Record<string, unknown>
  const words = [
    String(time).slice(11, 19),
    String(level).toUpperCase().padEnd(5),
    oneLine(String(msg ?? '')),
  ]
  for (const [key, value] of Object.entries(fields)) words.push(`${key}=${plain(value)}`)
  return `${words.join(' ')}\n${stackLines(err)}`
}

/** A value as it is when nothing in it could be taken for the next field, else as JSON. */
function plain(value: unknown): string {
  const text = String(value)
  return typeof value !== 'object' && /^[^\s"'=\p{Cc}]+$/u.test(text) ? text : JSON.stringify(value)
}

function stackLines(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  const { stack, message, cause } = error as Record<string, unknown>
  const lines = String(stack ?? message ?? '').split('\n')
  const own = lines.map(line => `  ${oneLine(line)}\n`).join('')
  return cause === undefined ? own : `${own}  caused by:\n${stackLines(cause)}`
}
