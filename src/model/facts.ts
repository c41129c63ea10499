import type { z } from 'zod'

/** The parts of `ModelInfo` that must agree with each other. */
interface Facts {
  readonly kind: string
  readonly architecture?: string
  readonly members?: readonly {
    readonly weight?: number
    readonly skill?: unknown
    readonly seconds?: number
  }[]
  readonly channels: readonly string[]
  readonly schema?: { readonly channels: readonly { readonly name: string }[]; readonly timeKind: string }
  readonly parameters: number | null
  readonly settings?: {
    readonly missing: { readonly missingByChannel: readonly string[] }
    readonly events: { readonly channels: Readonly<Record<string, unknown>> }
  }
  readonly training: {
    readonly rows: number
    readonly timeKind: string
    readonly from: number
    readonly to: number
    readonly parts: Readonly<Record<string, { readonly end: number } | undefined>>
    readonly epochs: number | null
    readonly bestEpoch: number | null
    readonly bestValidationLoss: number | null
  }
  readonly calibration: object
}

/** What the ranges of single fields cannot say: that they fit together. */
export function checkFacts(facts: Facts, context: z.RefinementCtx): void {
  const refuse = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: path.split('.'), message })
  const { kind, members = [], channels, schema, settings, training, calibration } = facts
  if (new Set(channels).size < channels.length) refuse('channels', 'each name must be there once')
  if (
    schema?.channels.some(({ name }, c) => name !== channels[c]) ||
    schema?.channels.length !== (schema && channels.length)
  )
    refuse('schema.channels', 'must be the channels of the model')
  if (schema && schema.timeKind !== training.timeKind)
    refuse('schema.timeKind', 'must be that of the training')
  for (const key of ['weight', 'skill', 'seconds'] as const) {
    const known = members.filter(member => member[key] !== undefined).length
    const all = members.filter(member => Object.keys(member).length > 2).length
    if (known !== 0 && known !== members.length)
      refuse('members', `${key} must be known of all members or of none`)
    if (known !== all) refuse('members', `${key} must be known where the others are`)
  }
  checkTraining(facts, refuse)
  const networked = kind === 'autoencoder' || kind === 'committee'
  if (networked !== (facts.architecture !== undefined))
    refuse(
      'architecture',
      networked ? `a model of the kind ${kind} needs one` : `a model of the kind ${kind} has none`,
    )
  if (Object.keys(calibration).length === 0) refuse('calibration', 'at least one alignment is required')
  const named = [
    ...(settings?.missing.missingByChannel ?? []).map(rule => [
      'missing.missingByChannel',
      rule.replace(/=[^=]*$/, ''),
    ]),
    ...Object.keys(settings?.events.channels ?? {}).map(name => ['events.channels', name]),
  ]
  for (const [path, name] of named)
    if (!channels.includes(name)) refuse(`settings.${path}`, `${name} is no channel of the model`)
}

function checkTraining(
  { kind, parameters, training }: Facts,
  refuse: (path: string, message: string) => void,
): void {
  const { rows, from, to, parts, epochs, bestEpoch, bestValidationLoss } = training
  for (const [part, range] of Object.entries(parts))
    if (range && range.end > rows) refuse(`training.parts.${part}.end`, `must be within the ${rows} rows`)
  if (from > to) refuse('training.to', 'must not lie before from')
  const isNetwork = kind === 'autoencoder'
  if (isNetwork !== (parts.validation !== undefined))
    refuse('training.parts.validation', `a model of the kind ${kind} has ${isNetwork ? 'one' : 'none'}`)
  for (const [path, value] of [
    ['parameters', parameters],
    ['training.epochs', epochs],
    ['training.bestEpoch', bestEpoch],
  ] as const)
    if (isNetwork !== (value !== null))
      refuse(path, `a model of the kind ${kind} ${isNetwork ? 'has a number here' : 'has null here'}`)
  if (!isNetwork && bestValidationLoss !== null)
    refuse('training.bestValidationLoss', `a model of the kind ${kind} has null here`)
}
