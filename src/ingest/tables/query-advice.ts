import { dirname, isAbsolute } from 'node:path'

/** What is known of the file of a table: the header of a delimited text, with `lineOf` where a plain copy of it is read. */
interface AskedFile {
  readonly file: string
  readonly header?: { lineOf?(line: number): number }
}

/**
 * The `--sql` option with a query over the file of a table, quoted for a shell; undefined where the engine cannot read that file directly.
 *
 * @param query of the text that stands for the file
 */
export function queryAdvice(
  { file, header }: AskedFile,
  query: (source: string) => string,
): string | undefined {
  const isCopy = header !== undefined && header.lineOf !== undefined
  if (isCopy || file === 'the query' || file === 'standard input' || /['"`$\\]/.test(file)) return undefined
  const source = header === undefined ? `'${file}'` : `read_csv('${file}', sample_size = -1)`
  const isOutside = isAbsolute(file) || file.startsWith('..')
  const roots = isOutside ? ` --sql-roots '${dirname(file)}'` : ''
  return `--sql "${query(source).replaceAll(/["`$\\]/g, '\\$&')}"${roots}`
}
