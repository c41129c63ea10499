import { counted } from '../core/counted.js'
import type { EventRules } from '../events/index.js'
import type { Cell } from './rows.js'
import { formatInstant, formatNumber, formatPercent } from './units.js'

type Line = [name: string, value: Cell]

/** The rules by which scores of a model become events: those of its scores on one line, then channels and maintenance, when there are any. */
export function eventRuleLines(rules: EventRules): Line[] {
  const maintenance = rules.maintenance.map(maintenanceText)
  return [
    ['events', scoreRules(rules)],
    ...channelLines(rules),
    ...(maintenance.length > 0 ? [['maintenance', maintenance.join('; ')] satisfies Line] : []),
  ]
}

function scoreRules(rules: EventRules): string {
  const {
    openCount,
    openWithin = openCount,
    closeBelow,
    criticalScore,
    mergeGap,
    minLength,
    coolDown,
  } = rules
  return [
    openCount === 1
      ? 'open at the first flag'
      : `open at ${openCount} flags in ${counted(openWithin, 'sample')}`,
    ...(criticalScore === undefined ? [] : [`open at once at a score of ${formatNumber(criticalScore)}`]),
    ...(closeBelow < 1 ? [`stay open above ${formatNumber(closeBelow)}`] : []),
    ...(mergeGap > 0 ? [`merged over gaps of ${samples(mergeGap)}`] : []),
    ...(minLength > 1 ? [`at least ${samples(minLength)} long`] : []),
    ...(coolDown > 0 ? [`cool-down of ${samples(coolDown)}`] : []),
  ].join(', ')
}

function channelLines({ channels }: EventRules): Line[] {
  return Object.entries(channels).map(([name, { direction, minAbsolute, minRelative }]) => {
    const parts = [
      ...(direction === 'both' ? [] : [direction]),
      ...(minAbsolute > 0 ? [`deviation at least ${formatNumber(minAbsolute)}`] : []),
      ...(minRelative > 0 ? [`deviation at least ${formatPercent(minRelative)}`] : []),
    ]
    return [`counts ${name}`, `${parts.join(', ')}, from the expected value`]
  })
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

function maintenanceText(time: EventRules['maintenance'][number]): string {
  if ('start' in time) return `${formatInstant(time.start, 'utc')} to ${formatInstant(time.end, 'utc')}`
  const clock = (minutes: number) =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
  const days = time.days.map(day => DAYS[day]).join(', ')
  return `${days} ${clock(time.from)} to ${clock(time.to)} ${time.timeZone}`
}

const samples = (n: number) => counted(n, 'sample')
