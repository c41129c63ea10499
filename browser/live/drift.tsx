import { useState } from 'preact/hooks'
import type { DeviceDetail, Drift, OpenDrift } from '../../src/serve/contract/index.js'
import { path } from './api.js'
import { Loaded, Table } from './parts.js'
import { useResource } from './resource.js'
import { numberText, percentText, plural, timeText } from './text.js'

/** What of the readings of a device has changed since the training; computed when it is asked for. */
export function DriftPanel({ device }: { device: DeviceDetail }) {
  const [isAsked, setAsked] = useState(false)
  const drift = useResource<Drift>(isAsked ? path.drift(device.id) : undefined)
  return (
    <section class="panel" aria-labelledby="drift">
      <div class="head">
        <h2 id="drift">Drift and data health</h2>
        <p class="sub">Compares the last day of samples with the training of the model.</p>
        {!isAsked && (
          <div class="tools">
            <button type="button" onClick={() => setAsked(true)}>
              Check drift
            </button>
          </div>
        )}
      </div>
      {device.watchesDrift && <OpenDrifts drifts={device.drifts} />}
      {isAsked && <Loaded resource={drift}>{data => <DriftTable drift={data} />}</Loaded>}
    </section>
  )
}

/** What the stream finds while it scores. */
function OpenDrifts({ drifts }: { drifts: readonly OpenDrift[] }) {
  if (drifts.length === 0) return <p class="lead">Watched while samples are scored: nothing drifts now.</p>
  const { verdict, reason } = drifts.reduce((a, b) => (b.lastMs >= a.lastMs ? b : a))
  return (
    <>
      <p class="lead">
        Watched while samples are scored: {plural(drifts.length, 'drift')} now. {VERDICT_TEXT[verdict]}:{' '}
        {reason}
      </p>
      <Table label="What drifts now">
        <thead>
          <tr>
            <th>Signal</th>
            <th>Since about</th>
            <th>Last change</th>
            <th class="number">Mean before</th>
            <th class="number">Mean now</th>
            <th class="number">Changes</th>
          </tr>
        </thead>
        <tbody>
          {drifts.map(({ signal, sinceMs, lastMs, before, after, changes }) => (
            <tr key={signal}>
              <th scope="row">{signal}</th>
              <td>{timeText(sinceMs)}</td>
              <td>{timeText(lastMs)}</td>
              <td class="number">{numberText(before, 3)}</td>
              <td class="number">{numberText(after, 3)}</td>
              <td class="number">{numberText(changes)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  )
}

const VERDICT_TEXT: Readonly<Record<Drift['verdict'], string>> = {
  ok: 'Ok',
  recalibrate: 'Recalibrate',
  retrain: 'Retrain',
  'check sensor': 'Check sensor',
  unknown: 'Unknown',
}

const LEVEL_TEXT = { none: 'None', moderate: 'Moderate', large: 'Large', unknown: 'Unknown' }

function DriftTable({ drift: { drifted, samples, channels, verdict, reason } }: { drift: Drift }) {
  const unknown = channels.filter(({ level }) => level === 'unknown').length
  return (
    <>
      <p class="lead">
        {drifted
          ? 'The readings have drifted since the training.'
          : unknown === channels.length
            ? 'Whether the readings have drifted cannot be said.'
            : 'No drift since the training.'}{' '}
        <span class="dim">
          {plural(samples, 'sample')} compared
          {unknown > 0 && `; ${plural(unknown, 'channel')} cannot be judged with so few`}.
        </span>
      </p>
      {drifted && (
        <p>
          <strong>{VERDICT_TEXT[verdict]}.</strong> {reason}
        </p>
      )}
      <Table label="Drift of each channel">
        <thead>
          <tr>
            <th>Channel</th>
            <th>Drift</th>
            <th class="number">PSI</th>
            <th class="number">Shift of mean</th>
            <th class="number">Wasserstein</th>
            <th>Missing</th>
            <th class="number">Now</th>
            <th class="number">Training</th>
          </tr>
        </thead>
        <tbody>
          {channels.map(row => (
            <tr key={row.channel}>
              <th scope="row">{row.channel}</th>
              <td>
                <span class={`tag level-${row.level}`}>{LEVEL_TEXT[row.level]}</span>
              </td>
              <td class="number">{numberText(row.psi, 3)}</td>
              <td class="number">{numberText(row.meanShift, 3)}</td>
              <td class="number">{numberText(row.wasserstein, 3)}</td>
              <td>
                <span class={`tag level-${row.missingLevel}`}>{LEVEL_TEXT[row.missingLevel]}</span>
              </td>
              <td class="number">{percentText(row.missingShare)}</td>
              <td class="number">{percentText(row.referenceMissingShare)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  )
}
