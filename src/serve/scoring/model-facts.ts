import {
  aliasesOf,
  aliasTarget,
  checkModel,
  ledgerOf,
  liveVersions,
  type Registry,
  readHistory,
} from '../../store/index.js'
import type { ExpectedAlarms } from '../../threshold/index.js'
import type { User } from '../access/roles.js'
import type { Model, ModelVersion, VersionDetail } from '../contract/index.js'
import type { Services } from '../services.js'

/** A model with its versions, oldest first. Errors: `model-unknown`, `artefact-damaged`. */
export async function modelFacts(
  registry: Registry,
  name: string,
): Promise<{ readonly model: Model; readonly versions: readonly ModelVersion[] }> {
  await checkModel(registry, name)
  const ledger = ledgerOf(await readHistory(registry, name))
  const versions = (await liveVersions(registry, name, ledger)).map(
    ({ number, id, at, by, why, detector, channels, rows }): ModelVersion => ({
      name,
      version: number,
      id,
      at,
      by,
      why,
      detector,
      channels,
      rows,
      aliases: aliasesOf(ledger, number),
    }),
  )
  const aliases = Array.from(
    ledger.aliases.keys(),
    alias => [alias, aliasTarget(ledger, alias) as number] as const,
  )
  const model = {
    name,
    versions: versions.length,
    latest: versions.at(-1)?.version ?? null,
    aliases: Object.fromEntries(aliases),
  }
  return { model, versions }
}

/** A version with what its model says about itself. Errors: `model-unknown`, `device-needed`. */
export async function versionFacts(
  { models, registryFor }: Services,
  user: User,
  text: string,
  device: string | undefined,
): Promise<VersionDetail> {
  const version = await models.versionOf(text)
  const devices = Object.keys(version.devices ?? {}).sort()
  const { model } = await models.get(text, device ?? devices[0])
  const { versions } = await modelFacts(registryFor(user), version.name)
  const { window, schema, channels, parameters, createdAt, training, calibration, options } = model.info
  return {
    ...(versions.find(one => one.version === version.number) as ModelVersion),
    devices,
    window,
    scoredWindow: model.detector.windowLength,
    cadenceMs: schema?.cadenceMs ?? null,
    channelNames: [...channels],
    parameters,
    createdAt,
    training: {
      fromMs: Number(training.from),
      toMs: Number(training.to),
      rows: training.rows,
      seconds: training.seconds,
    },
    calibration: Object.fromEntries(
      Object.entries(calibration).map(([alignment, { samples, method, level, expectedAlarms }]) => [
        alignment,
        { samples, method, level, expectedAlarms: alarmFacts(expectedAlarms ?? null) },
      ]),
    ),
    options: { ...options },
  }
}

/** False alarms to expect, in numbers. */
export function alarmFacts(
  expected: ExpectedAlarms | null,
): VersionDetail['calibration'][string]['expectedAlarms'] {
  if (expected === null) return null
  return { perDay: expected.expectedPerDay, low: expected.low, high: expected.high }
}
