import type { State } from '../core/state.js'
import { withId } from './assemble.js'
import type { Model } from './info.js'
import { loadDriftReference } from './reference-rules.js'

/** A model with another reference for drift, and so with another id. Errors: `artefact-damaged`, `artefact-version` for a state that does not fit its channels. */
export function withReference(model: Model, state: State): Model {
  const context = { stage: 'reference', channels: model.info.channels.length }
  return withId({ ...model, reference: loadDriftReference(state, model.info.channels, context) })
}
