/** Result of a metric: a value, or `null` and the reason. An undefined metric is never 0. */
export type Measure =
  | { readonly value: number; readonly reason?: undefined }
  | { readonly value: null; readonly reason: string }

export function measured(value: number): Measure {
  return { value }
}

export function undefinedFor(reason: string): Measure {
  return { value: null, reason }
}

/** `part / whole`, or the reason why the whole is empty. */
export function ratio(part: number, whole: number, reasonIfEmpty: string): Measure {
  return whole === 0 ? undefinedFor(reasonIfEmpty) : measured(part / whole)
}

export const NO_LABELLED = 'no sample is labelled anomalous'
export const NO_NORMAL = 'no sample is labelled normal'
export const NO_FLAG = 'no sample is flagged'
export const NO_EVENT = 'there is no labelled event'
