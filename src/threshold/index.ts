export {
  type AlarmPromise,
  type AlarmSetting,
  alarmBudgetThreshold,
  alarmPromise,
  type FittedAlarmThreshold,
} from './alarm-budget.js'
export { formatAlarmRate, parseAlarmRate } from './alarm-rate.js'
export { fixedThreshold } from './fixed.js'
export { madThreshold } from './mad.js'
export { quantileThreshold } from './quantile.js'
export { sigmaThreshold } from './sigma.js'
