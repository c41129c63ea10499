export { type DetectorParts, encodeDetector } from './detector.js'
export { OPSET } from './proto.js'
