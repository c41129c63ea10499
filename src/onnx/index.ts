export { encodeReconstruction, type ReconstructionParts } from './detector.js'
export { OPSET } from './proto.js'
