import type { DuplicatePolicy, LatePolicy, ResampleOptions } from '../align/index.js'
import type { RoleOptions } from './columns/role-options.js'
import type { SourceOptions } from './files/source.js'
import type { Tolerance } from './rows/scan-context.js'

export interface ReadTableOptions extends RoleOptions, SourceOptions, Partial<Tolerance> {
  /** Half-open range of rows to keep, 0 = the first after the header, counted through all files. Default: all. */
  readonly rows?: { readonly start?: number; readonly end?: number }
  /** Half-open range of times to keep, ms since the epoch. Default: all. */
  readonly between?: { readonly fromMs?: number; readonly toMs?: number }
  /** The one device to read. */
  readonly device?: string
  /** What becomes of readings that are missing: an error, or NaN in the frame. Default `error`. */
  readonly missing?: Tolerance['missing']
  /** What becomes of cells that are no finite number: an error, or a missing reading, which is then kept. Default `error`. */
  readonly badCells?: Tolerance['badCells']
  /** What becomes of rows that cannot be read: an error, or they are left out and counted. Default `error`. */
  readonly badRows?: Tolerance['badRows']
  /** Default `keep`, and a note says how many there are. */
  readonly duplicateTimes?: DuplicatePolicy
  /** Default `error`. */
  readonly lateRows?: LatePolicy
  /** A steady cadence to bring the samples to. */
  readonly resample?: ResampleOptions
  /** Reading stops before times and readings take more bytes than this, and `summary.stoppedAt` says where. Default: never. */
  readonly mostBytes?: number
  onProgress?(progress: ReadProgress): void
  readonly signal?: AbortSignal
}

/** How far reading has come. */
export interface ReadProgress {
  readonly rows: number
  /** About how many there will be, at least `rows`. */
  readonly expectedRows: number
  /** Of the files as they are stored; those of the file being read are estimated from its rows. */
  readonly bytes: number
  readonly totalBytes: number
}
