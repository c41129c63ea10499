import { SIMPLE_DETECTORS, type SimpleDetectorName } from '../../detect/index.js'

const SIMPLE_NAMES = Object.keys(SIMPLE_DETECTORS) as SimpleDetectorName[]
/** Choices of `--detector`. */
export const DETECTOR_NAMES = ['auto', 'autoencoder', 'committee', ...SIMPLE_NAMES] as const
export type DetectorName = (typeof DETECTOR_NAMES)[number]
