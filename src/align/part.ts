/** Consecutive samples of one device on their way into frames. */
export interface Part {
  /** `[n]` ms since the epoch, or the row number in a table without times. */
  readonly timeMs: Float64Array
  /** `[n * C]` row-major; NaN = missing. */
  readonly values: Float64Array
  /** `[n]` 0 or 1. */
  readonly labels?: Uint8Array
  /** `[n]` number of the row that each sample came from. */
  readonly row: Float64Array
}

/** The samples of a part at some positions, in the order of the positions. */
export function pickSamples(part: Part, positions: readonly number[]): Part {
  const n = part.timeMs.length
  const width = n === 0 ? 0 : part.values.length / n
  const values = new Float64Array(positions.length * width)
  positions.forEach((from, to) => {
    values.set(part.values.subarray(from * width, (from + 1) * width), to * width)
  })
  return {
    timeMs: Float64Array.from(positions, i => part.timeMs[i]!),
    values,
    labels: part.labels && Uint8Array.from(positions, i => part.labels![i]!),
    row: Float64Array.from(positions, i => part.row[i]!),
  }
}

/** Samples `[start, end)` of a part as a view. */
export function slicePart(part: Part, start: number, end: number): Part {
  const n = part.timeMs.length
  const width = n === 0 ? 0 : part.values.length / n
  return {
    timeMs: part.timeMs.subarray(start, end),
    values: part.values.subarray(start * width, end * width),
    labels: part.labels?.subarray(start, end),
    row: part.row.subarray(start, end),
  }
}

/** Parts one after the other as one; they have the same channels. */
export function joinParts(parts: readonly Part[]): Part {
  if (parts.length === 1) return parts[0]!
  const n = parts.reduce((sum, part) => sum + part.timeMs.length, 0)
  const cells = parts.reduce((sum, part) => sum + part.values.length, 0)
  const joined = {
    timeMs: new Float64Array(n),
    values: new Float64Array(cells),
    labels: parts.some(part => part.labels) ? new Uint8Array(n) : undefined,
    row: new Float64Array(n),
  }
  let sample = 0
  let cell = 0
  for (const part of parts) {
    joined.timeMs.set(part.timeMs, sample)
    joined.row.set(part.row, sample)
    joined.values.set(part.values, cell)
    if (part.labels) joined.labels!.set(part.labels, sample)
    sample += part.timeMs.length
    cell += part.values.length
  }
  return joined
}

/** Samples with the device that each belongs to. */
export interface DeviceSamples extends Part {
  /** `[n]`; absent without a device column. */
  readonly device?: readonly (string | null)[]
}

/** Samples of one device. */
export interface DevicePart {
  /** Empty without a device column. */
  readonly device: string
  readonly part: Part
}
