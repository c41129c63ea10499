import { useState } from 'preact/hooks'
import type { ModelVersion, Threshold, VersionDetail } from '../../src/serve/contract/index.js'
import { path, send } from './api.js'
import { alarmRate } from './model.js'
import { Loaded, ProblemBox, Table } from './parts.js'
import { useAction, useResource } from './resource.js'
import { linkTo } from './route.js'
import { methodText, numberText, plural } from './text.js'

const RATES = ['1/day', '3/week', '1/week', '1/month']

interface Props {
  readonly name: string
  readonly version: number
  readonly reload: () => void
}

/** The threshold of a version; the models of a fleet have one each, which only the command line changes. */
export function ThresholdPanel(props: Props) {
  const detail = useResource<VersionDetail>(path.version(props.name, props.version))
  return (
    <Loaded resource={detail} rows={2}>
      {({ devices }) =>
        devices.length === 0 ? (
          <ThresholdForm {...props} />
        ) : (
          <section class="panel" aria-labelledby="threshold">
            <h2 id="threshold">Threshold</h2>
            <p class="dim">
              Each of the {plural(devices.length, 'device')} has a threshold of its own. Change them with{' '}
              <code>telltale threshold</code> on the command line.
            </p>
          </section>
        )
      }
    </Loaded>
  )
}

/** A threshold by the rate of false alarms: what it would change, then a new version. */
function ThresholdForm({ name, version, reload }: Props) {
  const [rate, setRate] = useState('')
  const [why, setWhy] = useState('')
  const [made, setMade] = useState<ModelVersion>()
  const query = rate && new URLSearchParams({ falseAlarms: rate }).toString()
  const threshold = useResource<Threshold>(path.threshold(name, version, query))
  const { busy, problem, run } = useAction(async () => {
    setMade(await send<ModelVersion>('POST', path.threshold(name, version), { falseAlarms: rate, why }))
    reload()
  })
  return (
    <section class="panel" aria-labelledby="threshold">
      <h2 id="threshold">Threshold</h2>
      <Loaded resource={threshold} rows={2}>
        {data => <ThresholdRows threshold={data} isAsked={rate !== ''} />}
      </Loaded>
      <form
        class="row"
        onSubmit={event => {
          event.preventDefault()
          run()
        }}
      >
        <label class="field">
          <span>False alarms</span>
          <select value={rate} onChange={event => setRate(event.currentTarget.value)}>
            <option value="">unchanged</option>
            {RATES.map(one => (
              <option key={one} value={one}>
                {one.replace('/', ' a ')}
              </option>
            ))}
          </select>
        </label>
        <label class="field grow">
          <span>Why</span>
          <input value={why} maxLength={500} onInput={event => setWhy(event.currentTarget.value)} />
        </label>
        <button type="submit" disabled={busy || rate === ''}>
          Add version
        </button>
      </form>
      {made && (
        <p class="said" role="status">
          <a href={linkTo(['models', name], { version: made.version, base: version })}>
            Version {made.version} was added
          </a>
          . It is used once it is promoted.
        </p>
      )}
      {problem && <ProblemBox problem={problem} />}
    </section>
  )
}

function ThresholdRows({
  threshold: { before, after, samples },
  isAsked,
}: {
  threshold: Threshold
  isAsked: boolean
}) {
  const rows = isAsked
    ? ([
        ['Now', before],
        ['With the new rate', after],
      ] as const)
    : ([['Now', before]] as const)
  return (
    <Table label="Thresholds">
      <thead>
        <tr>
          <th>{plural(samples, 'calibration score')}</th>
          <th>Method</th>
          <th class="number">Level</th>
          <th class="number">Flagged</th>
          <th>Expected</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([label, { method, level, flaggedShare, expectedAlarms }]) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td>{methodText(method)}</td>
            <td class="number">{numberText(level)}</td>
            <td class="number">{numberText(100 * flaggedShare, 2)} %</td>
            <td>{expectedAlarms ? alarmRate(expectedAlarms) : '–'}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
