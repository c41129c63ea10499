/** What flows between layers per window: `steps` rows of `width` numbers. A single vector has 1 step. */
export interface Shape {
  readonly steps: number
  readonly width: number
}

/**
 * A batch of sequences as a matrix of distinct rows. Row of (step t, batch element b) is `t * stepRows + b * batchRows`.
 *
 * - materialised, time-major: `stepRows` = batch, `batchRows` = 1, `rows` = steps * batch
 * - one vector repeated over time: `stepRows` = 0, `batchRows` = 1, `rows` = batch
 * - overlapping windows of a series: `stepRows` = 1, `batchRows` = stride, `rows` = (batch - 1) * stride + steps
 *
 * What depends on one row only (a projection, a dense layer) is computed once per distinct row, however many windows share it.
 */
export interface Signal {
  data: Float32Array
  rows: number
  stepRows: number
  batchRows: number
}
