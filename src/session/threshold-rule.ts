import type { FittedThreshold } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { type EventRules, eventCounting } from '../events/index.js'
import {
  type AlarmSetting,
  alarmBudgetThreshold,
  conformalThreshold,
  dynamicThreshold,
  type ExpectedAlarms,
  estimateAlarms,
  madThreshold,
  parseAlarmRate,
  potThreshold,
  quantileThreshold,
  resolveThreshold,
  type StepSizes,
  sensitivityThreshold,
  sigmaThreshold,
  spotThreshold,
  type ThresholdOptions,
} from '../threshold/index.js'

/** What rules need to know about a device besides its scores. */
export interface ThresholdSetting {
  /** Time that a sample stands for on average, ms; null when the samples have no regular times. */
  readonly cadenceMs: number | null
  /** How its scores become events. */
  readonly events: EventRules
  readonly window: number
  /** Measured in the training, for a sensitivity in units. */
  readonly steps?: StepSizes
}

const CONFORMAL_ALPHA = 0.01
/** Normal scores in the moving average of DSPOT: as its paper took for the longest of its series (Siffer et al. 2017, section 5.3). */
const DSPOT_DEPTH = 450

/** The rule that the options ask for, `quantile` 0.999 when nothing is given. Scores are in time order, NaN where there is none. */
export function thresholdRule(
  options: ThresholdOptions,
  setting: ThresholdSetting,
): { fit(scores: Float32Array): FittedThreshold & { readonly expectedAlarms?: ExpectedAlarms } } {
  const {
    quantile = Number.NaN,
    thresholdFactor = Number.NaN,
    thresholdRule: rule,
    falseAlarms,
    sensitivity,
  } = resolveThreshold(options)
  if (sensitivity !== undefined) return sensitivityThreshold(sensitivity, setting.steps)
  if (falseAlarms !== undefined) {
    const alarms = alarmSetting(setting)
    if (alarms === undefined)
      throw createError('calibration-timeless', { wanted: `--false-alarms ${falseAlarms}` })
    return alarmBudgetThreshold(parseAlarmRate(falseAlarms), alarms)
  }
  switch (rule) {
    case 'mad':
      return madThreshold(thresholdFactor)
    case 'pot':
      return potThreshold({ mergeGap: setting.events.mergeGap })
    case 'spot':
      return spotThreshold({ mergeGap: setting.events.mergeGap })
    case 'dspot':
      return spotThreshold({ mergeGap: setting.events.mergeGap, depth: DSPOT_DEPTH })
    case 'conformal':
      return conformalThreshold(CONFORMAL_ALPHA, setting.window)
    case 'dynamic':
      return dynamicThreshold()
    default:
      return Number.isNaN(quantile) ? sigmaThreshold(thresholdFactor) : quantileThreshold(quantile)
  }
}

/** The alarm rate to expect at a level; null when the samples have no regular times. */
export function expectedAlarmsOf(
  threshold: Pick<FittedThreshold, 'level'> & { readonly expectedAlarms?: ExpectedAlarms },
  scores: Float32Array,
  setting: ThresholdSetting,
): ExpectedAlarms | null {
  const alarms = alarmSetting(setting)
  return threshold.expectedAlarms ?? (alarms ? estimateAlarms(scores, threshold.level, alarms) : null)
}

function alarmSetting({ cadenceMs, events }: ThresholdSetting): AlarmSetting | undefined {
  if (cadenceMs === null) return undefined
  const { mergeGap, minLength } = events
  return { cadenceMs, mergeGap, minLength, events: eventCounting(events), caveat: uncounted(events) }
}

/** Rules that are about readings and times, of which calibration scores know nothing. */
function uncounted({ channels, maintenance }: EventRules): string | undefined {
  const left = [
    ...(Object.keys(channels).length > 0 ? ['the rules of channels'] : []),
    ...(maintenance.length > 0 ? ['maintenance'] : []),
  ]
  return left.length === 0 ? undefined : `without ${left.join(' and ')}, which makes real alarms rarer`
}
