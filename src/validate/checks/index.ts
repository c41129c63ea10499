import type { Check } from '../evidence.js'
import { checkColumns } from './columns.js'
import { checkConstant } from './constant.js'
import { checkCounter } from './counter.js'
import { checkDuplicateRows } from './duplicate-rows.js'
import { checkEqualChannels } from './equal-channels.js'
import { checkFollows } from './follows.js'
import { checkFrozen } from './frozen.js'
import { checkBeyond, checkCadence, checkMissingMore, checkScale } from './history.js'
import { checkHuge } from './huge.js'
import { checkInfinite } from './infinite.js'
import { checkMissing } from './missing.js'
import { checkOutliers } from './outliers.js'
import { checkRange } from './range.js'
import { checkSaturation } from './saturation.js'
import { checkScaleJump } from './scale-jump.js'
import { checkSentinel } from './sentinel.js'
import { checkSize } from './size.js'
import { checkSpikes } from './spikes.js'
import { checkTimes } from './times.js'
import { checkUniform } from './uniform.js'
import { checkHistoryLength, checkWindows } from './windows.js'

/** Every check, in the order of a report. */
export const CHECKS: readonly Check[] = [
  checkSize,
  checkColumns,
  checkTimes,
  checkCadence,
  checkWindows,
  checkHistoryLength,
  checkDuplicateRows,
  checkMissing,
  checkMissingMore,
  checkInfinite,
  checkHuge,
  checkRange,
  checkSentinel,
  checkBeyond,
  checkScale,
  checkConstant,
  checkFrozen,
  checkSpikes,
  checkSaturation,
  checkScaleJump,
  checkCounter,
  checkOutliers,
  checkEqualChannels,
  checkFollows,
  checkUniform,
]
