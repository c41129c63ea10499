import { TABLE_ENDING } from '../core/table-ending.js'
import type { Finding } from './issue.js'

const LARGE_BYTES = 100 * 1024 * 1024

/** Findings from the name and the size of a file, before it is read. */
export function fileFindings(name: string, sizeBytes: number): Finding[] {
  const findings: Finding[] = []
  if (!TABLE_ENDING.test(name)) {
    const ending = /\.[^./\\]*$/.exec(name)?.[0] ?? 'none'
    findings.push({ code: 'file-ending', values: { ending } })
  }
  if (sizeBytes === 0) findings.push({ code: 'file-empty' })
  if (sizeBytes > LARGE_BYTES)
    findings.push({ code: 'file-large', values: { size: Math.round(sizeBytes / 1024 / 1024) } })
  return findings
}
