/** Limits of the server; `telltale serve` has an option for each. */
export interface Limits {
  /** Bytes of a body. */
  readonly bodyBytes: number
  /** Bytes of an uploaded data set. */
  readonly datasetBytes: number
  /** Rows and columns of a series in a request. */
  readonly rows: number
  readonly columns: number
  /** A request must have come whole within this time, ms. */
  readonly requestMs: number
  /** Requests a second with one key, or from one address without one. */
  readonly perSecond: number
  /** Wrong keys a second from one address. */
  readonly refusalsPerSecond: number
  /** Requests that are worked on at the same time. */
  readonly concurrent: number
  /** Open connections. */
  readonly connections: number
}

export const DEFAULT_LIMITS: Limits = {
  bodyBytes: 16 * 1024 * 1024,
  datasetBytes: 256 * 1024 * 1024,
  rows: 200_000,
  columns: 1000,
  requestMs: 30_000,
  perSecond: 20_000,
  refusalsPerSecond: 20,
  concurrent: 512,
  connections: 2000,
}
