import type { ModelDetail, ModelVersion, VersionDetail } from '../../src/serve/contract/index.js'
import { path } from './api.js'
import { Compare } from './compare.js'
import { Empty, Facts, Loaded, Table } from './parts.js'
import { Promote } from './promote.js'
import { useResource } from './resource.js'
import { linkTo, setQuery, useRoute } from './route.js'
import { methodText, numberText, plural, spanText, timeText } from './text.js'
import { ThresholdPanel } from './threshold.js'

/** A model: its versions, one of them in detail or two side by side. */
export function ModelPage({ name }: { name: string }) {
  const { query } = useRoute()
  const model = useResource<ModelDetail>(path.model(name))
  return (
    <Loaded resource={model}>
      {data => {
        const version = Number(query.get('version') ?? data.latest ?? 0)
        const base = query.get('base')
        return (
          <>
            <section class="panel" aria-labelledby="title">
              <div class="head">
                <p class="crumbs">
                  <a href={linkTo(['models'])}>Models</a>
                </p>
                <h1 id="title" tabIndex={-1}>
                  {name}
                </h1>
                <p class="sub">{plural(data.items.length, 'version')}, newest first</p>
              </div>
              {data.items.length === 0 ? (
                <Empty title="All versions were deleted">Train a new one.</Empty>
              ) : (
                <Versions versions={data.items} version={version} base={base} />
              )}
            </section>
            {version > 0 && base !== null && (
              <Compare key={`${base} ${version}`} name={name} base={Number(base)} other={version} />
            )}
            {version > 0 && <Version name={name} version={version} />}
            {version > 0 && (
              <div class="pair">
                <ThresholdPanel name={name} version={version} reload={model.reload} />
                <Promote model={data} version={version} reload={model.reload} />
              </div>
            )}
          </>
        )
      }}
    </Loaded>
  )
}

function Versions({
  versions,
  version,
  base,
}: {
  versions: readonly ModelVersion[]
  version: number
  base: string | null
}) {
  return (
    <Table label="Versions">
      <thead>
        <tr>
          <th>Show</th>
          <th>Compare with</th>
          <th>Aliases</th>
          <th>Detector</th>
          <th class="number">Channels</th>
          <th class="number">Rows</th>
          <th>Added</th>
          <th>Why</th>
        </tr>
      </thead>
      <tbody>
        {versions.map(one => (
          <tr key={one.version} class={one.version === version ? 'is-chosen' : ''}>
            <th scope="row">
              <label class="pick">
                <input
                  type="radio"
                  name="version"
                  checked={one.version === version}
                  onChange={() =>
                    setQuery({
                      version: one.version,
                      base: base === String(one.version) ? undefined : (base ?? undefined),
                    })
                  }
                />
                Version {one.version}
              </label>
            </th>
            <td>
              <label class="pick">
                <input
                  type="checkbox"
                  checked={base === String(one.version)}
                  disabled={one.version === version}
                  onChange={event =>
                    setQuery({ version, base: event.currentTarget.checked ? one.version : undefined })
                  }
                />
                <span class="unseen">Compare with version {one.version}</span>
              </label>
            </td>
            <td>
              {one.aliases.map(alias => (
                <span key={alias} class="tag tag-alias">
                  {alias}
                </span>
              ))}
            </td>
            <td>{one.detector}</td>
            <td class="number">{numberText(one.channels)}</td>
            <td class="number">{numberText(one.rows)}</td>
            <td>
              {timeText(Date.parse(one.at), false)} <span class="dim">{one.by}</span>
            </td>
            <td class="wide">{one.why}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function Version({ name, version }: { name: string; version: number }) {
  const detail = useResource<VersionDetail>(path.version(name, version))
  return (
    <section class="panel" aria-labelledby="version">
      <h2 id="version">Version {version}</h2>
      <Loaded resource={detail}>{data => <VersionFacts detail={data} />}</Loaded>
    </section>
  )
}

function VersionFacts({ detail }: { detail: VersionDetail }) {
  const { training, calibration, channelNames, devices } = detail
  return (
    <>
      <Facts
        items={[
          ['Trained on', `${timeText(training.fromMs, false)} to ${timeText(training.toMs, false)}`],
          ['Rows', numberText(training.rows)],
          ['Training took', spanText(1000 * training.seconds)],
          ['Window', plural(detail.window, 'sample')],
          ['Sample every', spanText(detail.cadenceMs)],
          ...(detail.parameters === null ? [] : ([['Parameters', numberText(detail.parameters)]] as const)),
          ...(devices.length > 0 ? ([['Devices', numberText(devices.length)]] as const) : []),
        ]}
      />
      <h3>Thresholds</h3>
      <ul class="evidence">
        {Object.entries(calibration).map(([alignment, { level, method, samples, expectedAlarms }]) => (
          <li key={alignment}>
            <b>{alignment}</b>: level {numberText(level)} by {methodText(method)} on{' '}
            {plural(samples, 'score')}
            {expectedAlarms && `; ${alarmRate(expectedAlarms)} expected`}
          </li>
        ))}
      </ul>
      <h3>{plural(channelNames.length, 'channel')}</h3>
      <p class="names">
        {channelNames.map(channel => (
          <code key={channel}>{channel}</code>
        ))}
      </p>
    </>
  )
}

type Rate = { readonly perDay: number | null; readonly low: number | null; readonly high: number | null }
/** Alarms of healthy operation that a level leads to: per day, or per week where they are fewer than one a day. */
export function alarmRate({ perDay, low, high }: Rate): string {
  if (perDay === null) return 'an unknown rate of false alarms'
  const [unit, days] = perDay < 1 ? ['week', 7] : ['day', 1]
  const text = (rate: number | null) => numberText(rate === null ? null : rate * days, 2)
  return `${text(perDay)} false ${text(perDay) === '1' ? 'alarm' : 'alarms'} a ${unit} (${text(low)} to ${text(high)})`
}
