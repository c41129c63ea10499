import { join } from 'node:path'
import { counted } from '../core/counted.js'
import type { Model } from '../model/index.js'
import { formatRows, type Row } from '../report/index.js'
import { deviceFolder, type FleetMember, type Registry, saveModel } from '../store/index.js'
import { type ChallengeSettings, challenge, countsText, publishChallenger } from './challenge.js'
import type { Call } from './command.js'
import { eachDevice } from './each-device.js'
import { EXIT_NOT_PROMOTED, EXIT_OK } from './exit-codes.js'
import { type Fleet, readFleetLike } from './fleet.js'
import { fleetLabels } from './labels.js'
import { type ModelTarget, modelTarget } from './model-place.js'

export interface FleetRetraining {
  readonly data: string | undefined
  readonly options: Parameters<typeof readFleetLike>[3] &
    ChallengeSettings & {
      readonly labels?: string | undefined
      readonly alias: string
      readonly promote: boolean
    }
  readonly registry: Registry
  /** Name of the fleet in the registry. */
  readonly name: string
  readonly fleet: Fleet & { readonly members: readonly FleetMember[] }
}

/**
 * The next version of a fleet: each device has its challenger where this passes, else the model it had. Returns the exit code: that of the first device that
 * failed, else 12 when no challenger passed.
 */
export async function retrainFleet(
  call: Pick<Call, 'io' | 'cli' | 'progress'>,
  retraining: FleetRetraining,
): Promise<number> {
  const target = await modelTarget(call.io, call.cli, retraining.name, true)
  try {
    return await retrain(call, retraining, target)
  } finally {
    await target.discard()
  }
}

async function retrain(
  { io, cli, progress }: Pick<Call, 'io' | 'cli' | 'progress'>,
  { data, options, registry, fleet }: FleetRetraining,
  target: ModelTarget,
): Promise<number> {
  const { labelColumn, labelsOf } = await fleetLabels(io, options.labels)
  const asked = { ...options, ...(labelColumn !== undefined && { labelColumn }) }
  const { devices, times } = await readFleetLike(io, data, fleet, asked, progress)
  const save = (model: Model, device: string) =>
    io.metrics.time('save', () => saveModel(model, join(target.path, deviceFolder(device))))
  const saved = new Set<string>()
  let passed = 0
  const { rows, code } = await eachDevice(io, devices, fleet, progress, async (samples, champion) => {
    if (champion === undefined) return []
    const labels = options.labels === undefined ? undefined : labelsOf(samples, times)
    const own = { frame: samples.frame, ...(labels && { labels }) }
    const { challenger, report } = await challenge(io, champion, own, options, times, progress)
    await save(report.passed ? challenger : champion, samples.device)
    saved.add(samples.device)
    if (report.passed) passed++
    const counts = report.checks.map((check): [string, string] => [check.check, countsText(check)])
    return [{ ...Object.fromEntries(counts), result: report.passed ? 'new model' : 'keeps its model' } as Row]
  })
  const compared = saved.size
  io.signal.throwIfAborted()
  if (compared === 0) {
    io.stdout(formatRows(rows, cli.format))
    return code === EXIT_OK ? EXIT_NOT_PROMOTED : code
  }
  for (const { device } of fleet.members) {
    const model = saved.has(device) ? undefined : await fleet.modelOf(device)
    if (model) await save(model, device)
  }
  const why = `retrain ${data ?? ''}: ${passed} of ${counted(compared, 'device')} ${passed === 1 ? 'has' : 'have'} a new model`
  const isPromoted = passed > 0 && options.promote
  const published = await publishChallenger(registry, target, isPromoted ? options.alias : undefined, why)
  io.stdout(formatRows(rows, cli.format))
  const verdict = isPromoted ? `is now ${options.alias}` : 'was not promoted'
  if (cli.format === 'table')
    io.stdout(
      `\n${passed} of ${counted(compared, 'device')} ${passed === 1 ? 'has' : 'have'} a new model; ${published} ${verdict}\n`,
    )
  return code === EXIT_OK && passed === 0 ? EXIT_NOT_PROMOTED : code
}
