import { createError } from '../core/errors.js'
import {
  type EvaluateModelSettings,
  evaluateModel,
  type SmallestFaultsSettings,
  smallestFaults,
} from '../pipeline/index.js'
import { formatRows, type ResultFormat, type Row, smallestFaultRows } from '../report/index.js'
import type { SessionSettings } from '../session/index.js'
import { type DeviceSamples, eachDevice } from './each-device.js'
import type { Fleet } from './fleet.js'
import type { Io } from './io.js'
import type { Progress } from './progress.js'

export interface FleetEvaluation {
  readonly devices: Parameters<typeof eachDevice>[1]
  readonly fleet: Fleet
  /** Inject faults in place of labels. */
  readonly byFaults: boolean
  /** How the devices are scored. */
  readonly session: SessionSettings
  readonly measure: Pick<EvaluateModelSettings, 'metrics' | 'resamples' | 'sweep' | 'seed'>
  readonly faults: Pick<SmallestFaultsSettings, 'repeats' | 'seed'>
  /** Labels of a device from a file; default: those of the table. */
  labelsOf(samples: DeviceSamples): Uint8Array | undefined
  readonly format: ResultFormat
}

/** Evaluates the model of each device on its rows: one row per device, or per device, channel and kind of fault. Returns the exit code. */
export async function evaluateFleet(
  io: Io,
  evaluation: FleetEvaluation,
  progress: Progress,
): Promise<number> {
  const { devices, fleet, byFaults, session, measure, faults, labelsOf, format } = evaluation
  const hooks = { onProgress: progress.score, signal: io.signal }
  const { rows, code } = await eachDevice(io, devices, fleet, progress, async (samples, model) => {
    if (model === undefined) return []
    const labels = labelsOf(samples)
    if (byFaults) {
      const result = await smallestFaults(model, samples.frame, { ...session, ...faults, labels }, hooks)
      return smallestFaultRows(result)
    }
    if (labels === undefined) throw createError('option-missing', { name: '--labels (or --no-labels)' })
    const { rows } = await evaluateModel(model, samples.frame, labels, { ...session, ...measure }, hooks)
    return [evaluatedRow(rows[0])]
  })
  io.stdout(formatRows(rows, format))
  return code
}

function evaluatedRow({ evaluation }: Awaited<ReturnType<typeof evaluateModel>>['rows'][0]): Row {
  const { metrics, events, samples } = evaluation
  const rounded = (value: number | null | undefined) =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : null
  return {
    samples,
    'labelled events': events,
    'vus-pr': rounded(metrics['vus-pr']),
    'event-recall': rounded(metrics['event-recall']),
    'event-precision': rounded(metrics['event-precision']),
    'false-alarms-per-day': rounded(metrics['false-alarms-per-day']),
    delay: rounded(metrics.delay),
    f1: rounded(metrics.f1),
    result: 'evaluated',
  }
}
