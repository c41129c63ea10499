import { TelltaleError } from '../core/errors.js'
import type { ReadTableOptions } from '../ingest/index.js'

/** Takes time and labels from the columns of the training, where the table has them and the user names no others. */
export async function readLikeTraining<T>(
  read: (options: ReadTableOptions) => Promise<T>,
  given: ReadTableOptions,
  trained: Pick<ReadTableOptions, 'timeColumn' | 'labelColumn'>,
): Promise<T> {
  const { timeColumn = trained.timeColumn, labelColumn = trained.labelColumn } = given
  try {
    return await read({ ...given, timeColumn, labelColumn })
  } catch (error) {
    if (!(error instanceof TelltaleError) || error.code !== 'data-column-missing') throw error
    const others = Object.fromEntries(
      Object.entries(trained).filter(([, name]) => name !== error.where.column),
    )
    if (Object.keys(others).length === Object.keys(trained).length) throw error
    return readLikeTraining(read, given, others)
  }
}
