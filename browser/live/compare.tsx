import type { Comparison } from '../../src/serve/contract/index.js'
import { path } from './api.js'
import { Empty, Loaded, Table } from './parts.js'
import { useResource } from './resource.js'
import { numberText, plural } from './text.js'

/** The facts that differ between two versions. */
export function Compare({ name, base, other }: { name: string; base: number; other: number }) {
  const query = new URLSearchParams({ base: `${name}@${base}`, other: `${name}@${other}` })
  const comparison = useResource<Comparison>(path.comparison(query.toString()))
  return (
    <section class="panel" aria-labelledby="compare">
      <h2 id="compare">
        Version {base} and version {other}
      </h2>
      <Loaded resource={comparison}>{data => <Differences comparison={data} />}</Loaded>
    </section>
  )
}

const cellText = (cell: string | number | boolean | null) =>
  typeof cell === 'number' ? numberText(cell) : cell === null ? '–' : String(cell)

function Differences({ comparison: { base, other, differences } }: { comparison: Comparison }) {
  if (differences.length === 0) return <Empty title="The two versions do not differ" />
  return (
    <>
      <p class="dim">{plural(differences.length, 'fact')} differ; all others are equal.</p>
      <Table label="Differences" name="differences">
        <thead>
          <tr>
            <th>Fact</th>
            <th>Version {base.version}</th>
            <th>Version {other.version}</th>
          </tr>
        </thead>
        <tbody>
          {differences.map(({ fact, base, other }) => (
            <tr key={fact}>
              <th scope="row">{fact}</th>
              <td class="was">{cellText(base)}</td>
              <td class="now">{cellText(other)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  )
}
