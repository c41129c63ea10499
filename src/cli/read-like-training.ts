import { TelltaleError } from '../core/errors.js'
import { type ReadTableOptions, readTable, type Table, type TableSource } from '../ingest/index.js'

/** Takes time and labels from the columns of the training, where the table has them and the user names no others. */
export async function readLikeTraining(
  source: TableSource,
  given: ReadTableOptions,
  trained: Pick<ReadTableOptions, 'timeColumn' | 'labelColumn'>,
): Promise<Table> {
  const { timeColumn = trained.timeColumn, labelColumn = trained.labelColumn } = given
  try {
    return await readTable(source, { ...given, timeColumn, labelColumn })
  } catch (error) {
    if (!(error instanceof TelltaleError) || error.code !== 'data-column-missing') throw error
    const others = Object.fromEntries(
      Object.entries(trained).filter(([, name]) => name !== error.where.column),
    )
    if (Object.keys(others).length === Object.keys(trained).length) throw error
    return readLikeTraining(source, given, others)
  }
}
