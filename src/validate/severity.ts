/** `error` makes data invalid, `warning` deserves a look, `info` is worth knowing. */
export const SEVERITIES = ['error', 'warning', 'info'] as const
export type Severity = (typeof SEVERITIES)[number]
