import { performance } from 'node:perf_hooks'
import { createMetrics, type Metrics, prometheusText } from '../observe/index.js'
import { listModels } from '../store/index.js'
import { modelName } from './keep/records.js'
import type { Services } from './services.js'

/** All metrics in the text format of Prometheus. What is true only now has series of its own each time, so that none is left of what is gone. */
export async function measuredText(services: Services): Promise<string> {
  const { measures } = services
  const current = createMetrics({ now: () => performance.now() })
  measures.measureProcess()
  setStreams(current, services)
  setDevices(current, services)
  setTraining(current, services)
  current.set('telltale_queue_depth', services.scorer.counts().waiting, { source: 'scoring' })
  current.set('telltale_live_connections', services.connections.count())
  await setModels(current, services)
  return prometheusText([...measures.metrics.families(), ...current.families()])
}

function setStreams(current: Metrics, { streams, measures: { samples } }: Services): void {
  for (const { name, received, refused } of streams.list()) {
    current.set('telltale_samples_received_total', received, { source: name })
    for (const [reason, count] of Object.entries(refused))
      current.add('telltale_samples_dropped_total', count, { source: name, reason })
  }
  for (const [source, reasons] of samples.unscored)
    for (const [reason, count] of reasons)
      current.add('telltale_samples_dropped_total', count, { source, reason })
  for (const [model, counts] of samples.byModel)
    if (counts.samples > 0) current.set('telltale_coverage_ratio', counts.scored / counts.samples, { model })
}

function setDevices(current: Metrics, { keep, measures }: Services): void {
  const byModel = new Map<string, { devices: number; open: number }>()
  for (const device of keep.devices.values()) {
    const model = modelName(device.model)
    const counts = byModel.get(model) ?? { devices: 0, open: 0 }
    byModel.set(model, counts)
    counts.devices++
    counts.open += device.open.size
    if (measures.withDevices && device.score !== null)
      current.set('telltale_score', device.score, { model, device: device.id })
  }
  for (const [model, { devices, open }] of byModel) {
    current.set('telltale_stream_state_entries', devices, { model })
    current.set('telltale_events_open', open, { model })
  }
}

function setTraining(current: Metrics, { jobs }: Services): void {
  const { epoch, validationLoss } = jobs.list().find(({ state }) => state === 'running')?.progress ?? {}
  if (typeof epoch === 'number') current.set('telltale_train_epoch', epoch)
  if (typeof validationLoss === 'number') current.set('telltale_train_loss', validationLoss)
}

/** The version that each name of the registry stands for. One that cannot be read is left out: `/readyz` says so. */
async function setModels(current: Metrics, { registryFor, models, now }: Services): Promise<void> {
  const names = await listModels(registryFor({ name: 'metrics', role: 'viewer' })).catch(() => [])
  for (const model of names) {
    const version = await models.versionOf(model).catch(() => undefined)
    if (version === undefined) continue
    const { number, id, at } = version
    current.set('telltale_model_info', 1, { model, version: String(number), sha256: id })
    current.set('telltale_model_age_seconds', Math.max(0, now() - Date.parse(at)) / 1000, { model })
  }
}
