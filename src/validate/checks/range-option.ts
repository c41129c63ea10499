import { brief } from '../issue.js'
import type { ValidRange } from '../options.js'

/** A valid range as a value of --ranges. */
export function rangeOption(name: string, { low, high }: ValidRange): string {
  return `${/[,="]/.test(name) ? 'NAME' : name}=${brief(low)}..${brief(high)}`
}
