import { open } from 'node:fs/promises'
import { openEngine, sqlName, sqlPath, sqlText } from '../engine/index.js'

/** SQL type of each column, by name, in order. */
export type ColumnTypes = readonly (readonly [name: string, type: string])[]

/** Rows of a row group at most: what a reader holds at once. */
const ROW_GROUP = 122_880

/**
 * Writes the objects of a file of JSON lines as Parquet, in their order, and waits until it is on the disk. Memory does not grow with the rows.
 * A number that was written as the shortest text of a float32 is that float32 again.
 */
export async function convertToParquet(jsonLines: string, path: string, columns: ColumnTypes): Promise<void> {
  const engine = await openEngine({ files: [jsonLines, path] })
  try {
    const types = columns.map(([name, type]) => `${sqlName(name)}: ${sqlText(type)}`).join()
    const source = `read_json(${sqlPath(jsonLines)}, format = 'newline_delimited', columns = {${types}})`
    await engine.run(
      `copy (select * from ${source}) to ${sqlText(path)} (format parquet, compression zstd, row_group_size ${ROW_GROUP})`,
    )
  } finally {
    engine.close()
  }
  const handle = await open(path)
  await handle.sync().finally(() => handle.close())
}
