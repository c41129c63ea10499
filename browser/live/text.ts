const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (value: number) => String(value).padStart(2, '0')

/** `28 Nov 14:03:22` in UTC; a dash for nothing. */
export function timeText(ms: number | null | undefined, withSeconds = true): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return '–'
  return `${dayText(ms)} ${clockText(ms, withSeconds)}`
}

export function dayText(ms: number): string {
  const time = new Date(ms)
  return `${time.getUTCDate()} ${MONTHS[time.getUTCMonth()]}`
}

export function clockText(ms: number, withSeconds = true): string {
  const time = new Date(ms)
  const text = `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}`
  return withSeconds ? `${text}:${two(time.getUTCSeconds())}` : text
}

/** `3 d 4 h`, `12 min`, `8.5 s`, `120 ms`. */
export function spanText(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return '–'
  const size = Math.abs(ms)
  const pair = (big: number, bigName: string, small: number, smallName: string) => {
    const whole = Math.floor(size / big)
    const rest = Math.round((size - whole * big) / small)
    return rest > 0 ? `${whole} ${bigName} ${rest} ${smallName}` : `${whole} ${bigName}`
  }
  if (size >= DAY) return pair(DAY, 'd', HOUR, 'h')
  if (size >= HOUR) return pair(HOUR, 'h', MINUTE, 'min')
  if (size >= MINUTE) return pair(MINUTE, 'min', SECOND, 's')
  if (size >= SECOND) return `${numberText(size / SECOND, 3)} s`
  return `${Math.round(size)} ms`
}

/** At most `digits` significant digits; large numbers with thin spaces. */
export function numberText(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  if (Number.isInteger(value) && Math.abs(value) < 1e15)
    return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, '\u2009')
  return String(Number(value.toPrecision(digits)))
}

/** A score: 1.0 = threshold. */
export const scoreText = (score: number | null | undefined): string =>
  score === null || score === undefined ? '–' : score >= 100 ? score.toFixed(0) : score.toFixed(2)

export const percentText = (share: number | null | undefined): string =>
  share === null || share === undefined
    ? '–'
    : `${share > 0.995 && share < 1 ? 99 : Math.round(100 * share)} %`

/** Ms of a time that is ISO 8601 or a number. */
export const instantOf = (time: string | number): number =>
  typeof time === 'number' ? time : Date.parse(time)

export const plural = (count: number, one: string, more = `${one}s`): string =>
  `${numberText(count)} ${count === 1 ? one : more}`

/** `threshold:alarm-budget` is `alarm budget`. */
export const methodText = (method: string): string => method.replace(/^threshold:/, '').replaceAll('-', ' ')

/** Device of an id `STREAM:DEVICE`. */
export const deviceName = (id: string): string => id.slice(id.indexOf(':') + 1) || id
