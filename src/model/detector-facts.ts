import type { FittedDetector } from '../core/contracts.js'
import type { FittedAutoencoder, FittedEnsemble } from '../detect/index.js'
import type { ModelInfo } from './info.js'
import { damaged } from './state-rule.js'

/**
 * Refuses a model that says of its detector what is not so: members, and the training of a network.
 *
 * @throws ArtefactError `artefact-damaged` naming the field
 */
export function checkDetectorFacts(
  { members, parameters, training }: ModelInfo,
  detector: FittedDetector,
): void {
  const own = 'members' in detector ? (detector as FittedEnsemble).members : undefined
  const namesOf = (of: readonly { readonly name: string }[] | undefined) =>
    of?.map(({ name }) => name).join(', ') ?? 'none'
  if (namesOf(members) !== namesOf(own)) throw damaged(`members: the detector has ${namesOf(own)}`)
  const single = own?.length === 1 ? own[0].detector : detector
  if (!('history' in single)) return
  const { network, history, bestEpoch } = single as FittedAutoencoder
  const best = history.find(({ epoch }) => epoch === bestEpoch)
  const facts = [
    ['parameters', parameters, network.parameterCount],
    ['training.epochs', training.epochs, history.length],
    ['training.bestEpoch', training.bestEpoch, bestEpoch],
    ['training.bestValidationLoss', training.bestValidationLoss, best?.validationLoss ?? null],
  ] as const
  for (const [field, said, is] of facts)
    if (said !== is) throw damaged(`${field}: it is ${said}, the history of the network says ${is}`)
}
