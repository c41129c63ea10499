import { emitDeviation } from './deviation.js'
import type { DetectorEmitter } from './emitter.js'
import { emitLinearVar } from './linear-var.js'
import { emitMovingAverage } from './moving-average.js'
import { emitNearest } from './nearest.js'
import { emitAutoencoder, emitCommittee } from './networks.js'
import { emitPca } from './pca.js'
import { emitRange } from './range.js'

/** How each detector is exported, by the kind of its state. */
export const DETECTOR_EMITTERS: Readonly<Record<string, DetectorEmitter>> = {
  'detector:autoencoder': emitAutoencoder,
  'detector:committee': emitCommittee,
  'detector:deviation': emitDeviation,
  'detector:linear-var': emitLinearVar,
  'detector:moving-average': emitMovingAverage,
  'detector:nearest': emitNearest,
  'detector:pca': emitPca,
  'detector:range': emitRange,
}

const ENDLESS = 'its memory has no end, and a file sees a window of finite length'

/** Why the others are not. */
export const OUTSIDE: Readonly<Record<string, string>> = {
  'detector:cusum': ENDLESS,
  'detector:ewma': ENDLESS,
  'detector:half-space-trees': 'it learns while it scores, and a file does not change',
  'detector:isolation-forest': 'trees have no standard operators',
  'detector:matrix-profile': 'its distances are rounded too coarsely to be the same in another runtime',
  'detector:seasonal': 'its score depends on the time of day, and a window has no times',
}
