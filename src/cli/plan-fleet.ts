import { counted } from '../core/counted.js'
import { formatDuration } from '../core/duration.js'
import type { ArchitectureDefinition } from '../nn/index.js'
import {
  createSurveyor,
  type Meter,
  planScoring,
  planTraining,
  type TrainOptions,
} from '../pipeline/index.js'
import { formatBytes, formatRows, type ResultFormat } from '../report/index.js'
import type { createRuntime } from '../runtime/index.js'
import { eachDevice } from './each-device.js'
import type { Fleet } from './fleet.js'
import type { Io } from './io.js'
import type { Progress } from './progress.js'

export interface FleetPlan {
  readonly devices: Parameters<typeof eachDevice>[1]
  /** Its models are planned to score; without one a training of each device. */
  readonly fleet: Fleet | undefined
  readonly architecture: ArchitectureDefinition | undefined
  readonly options: Omit<TrainOptions, 'out' | 'keepBest'>
  readonly runtime: ReturnType<typeof createRuntime>
  readonly meter: Meter
  readonly format: ResultFormat
}

/** Plans the work of each device: one row per device, and the sum of the times with the largest memory, because devices follow one another. Returns the exit code. */
export async function planFleet(io: Io, plan: FleetPlan, progress: Progress): Promise<number> {
  const { devices, fleet, architecture, options, runtime, meter, format } = plan
  let seconds = 0
  let peakBytes = 0
  const { rows, code } = await eachDevice(io, devices, fleet, progress, async ({ frame }, model) => {
    const surveyor = createSurveyor(frame.channels, options.maxGap)
    surveyor.add(frame)
    const survey = surveyor.take()
    const own = model
      ? await planScoring(model, survey, runtime, meter, { stride: options.stride, held: survey.samples })
      : await planTraining(survey, architecture, options, runtime, meter)
    seconds += own.seconds.total
    peakBytes = Math.max(peakBytes, own.peakBytes)
    return [
      {
        samples: own.samples,
        channels: own.channels,
        seconds: Number(own.seconds.total.toPrecision(3)),
        'memory, bytes': own.peakBytes,
        result: 'planned',
      },
    ]
  })
  io.stdout(formatRows(rows, format))
  if (format === 'table')
    io.stdout(
      `\n${counted(rows.length, 'device')}, one after the other: ${formatDuration(1000 * seconds)}, ${formatBytes(peakBytes)} of memory at most\n`,
    )
  return code
}
