import type { Comparison, VersionDetail } from '../../src/serve/contract/index.js'
import { path } from './api.js'
import { CompareEvents } from './compare-events.js'
import { alarmRate } from './model.js'
import { Empty, Loaded } from './parts.js'
import { useResource } from './resource.js'
import { Sides } from './sides.js'
import { methodText, numberText, plural, spanText, timeText } from './text.js'

interface Props {
  readonly name: string
  readonly base: number
  readonly other: number
}

/** Two versions side by side: what matters in use, then every fact that differs. */
export function Compare({ name, base, other }: Props) {
  const query = new URLSearchParams({ base: `${name}@${base}`, other: `${name}@${other}` })
  const comparison = useResource<Comparison>(path.comparison(query.toString()))
  const first = useResource<VersionDetail>(path.version(name, base))
  const second = useResource<VersionDetail>(path.version(name, other))
  return (
    <section class="panel" aria-labelledby="compare">
      <h2 id="compare">
        Version {base} and version {other}
      </h2>
      <Loaded resource={first} rows={4}>
        {one => <Loaded resource={second}>{two => <SideBySide base={one} other={two} />}</Loaded>}
      </Loaded>
      <Loaded resource={comparison}>{data => <Differences comparison={data} />}</Loaded>
      <CompareEvents key={`${base} ${other}`} name={name} base={base} other={other} />
    </section>
  )
}

/** What a version is, as texts by their names. */
function traitsOf(version: VersionDetail): [name: string, text: string][] {
  const { detector, training, window, cadenceMs, channelNames, calibration } = version
  return [
    ['Detector', detector],
    ['Trained on', `${timeText(training.fromMs, false)} to ${timeText(training.toMs, false)}`],
    ['Rows', numberText(training.rows)],
    ['Window', plural(window, 'sample')],
    ['Sample every', spanText(cadenceMs)],
    ['Channels', channelNames.join(', ')],
    ...Object.entries(calibration).flatMap(([alignment, { level, method, expectedAlarms }]) => [
      [`Threshold, ${alignment}`, `${numberText(level)} by ${methodText(method)}`] as [string, string],
      [`Expected, ${alignment}`, expectedAlarms ? alarmRate(expectedAlarms) : '–'] as [string, string],
    ]),
  ]
}

function SideBySide({ base, other }: { base: VersionDetail; other: VersionDetail }) {
  const [before, after] = [new Map(traitsOf(base)), new Map(traitsOf(other))]
  return (
    <Sides label="Side by side" base={base.version} other={other.version}>
      {[...new Set([...before.keys(), ...after.keys()])].map(name => {
        const [was, is] = [before.get(name) ?? '–', after.get(name) ?? '–']
        return (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class={was === is ? '' : 'was'}>{was}</td>
            <td class={was === is ? '' : 'now'}>{is}</td>
          </tr>
        )
      })}
    </Sides>
  )
}

const cellText = (cell: string | number | boolean | null) =>
  typeof cell === 'number' ? numberText(cell) : cell === null ? '–' : String(cell)

function Differences({ comparison: { base, other, differences } }: { comparison: Comparison }) {
  if (differences.length === 0) return <Empty title="The two versions do not differ" />
  return (
    <details>
      <summary>{plural(differences.length, 'fact')} differ; all others are equal</summary>
      <Sides label="Differences" base={base.version} other={other.version}>
        {differences.map(({ fact, base, other }) => (
          <tr key={fact}>
            <th scope="row">{fact}</th>
            <td class="was">{cellText(base)}</td>
            <td class="now">{cellText(other)}</td>
          </tr>
        ))}
      </Sides>
    </details>
  )
}
