import type { ComponentChildren } from 'preact'
import { Table } from './parts.js'

/** A table with a column for each of two versions. */
export function Sides({
  label,
  first = 'Fact',
  base,
  other,
  children,
}: {
  label: string
  first?: string
  base: number
  other: number
  children: ComponentChildren
}) {
  return (
    <Table label={label} name="differences">
      <thead>
        <tr>
          <th>{first}</th>
          <th>Version {base}</th>
          <th>Version {other}</th>
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </Table>
  )
}
