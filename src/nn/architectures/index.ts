export { ARCHITECTURES, findArchitecture } from './catalogue.js'
export {
  type ArchitectureDefinition,
  checkDefinition,
  definitionSchema,
  type LayerDraft,
  layerTypes,
  type Sizes,
} from './definition.js'
export { deriveDecoder } from './derive.js'
export { describeNetwork, type LayerFacts, type NetworkFacts } from './describe.js'
export { architectureJsonSchema } from './json-schema.js'
export { type MeasureOptions, measureNetwork, type Speed } from './measure.js'
export { fromOriginal } from './original.js'
export { parseArchitecture } from './parse.js'
export { resolveArchitecture } from './resolve.js'
