export { type DetectorParts, encodeDetector } from './detector.js'
export { DETECTOR_EMITTERS, OUTSIDE } from './detectors/index.js'
export { type EnsembleFile, encodeEnsemble } from './ensemble.js'
export { OPSET } from './proto.js'
