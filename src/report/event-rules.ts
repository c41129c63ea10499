import { eventOptions } from '../events/index.js'
import type { ModelInfo } from '../model/index.js'
import type { Cell } from './rows.js'
import { formatNumber, formatPercent } from './units.js'

type Options = ModelInfo['options']
type Line = [name: string, value: Cell]

/** The rules by which scores of a model become events: those of its scores on one line, then channels and maintenance, when there are any. */
export function eventRuleLines(options: Options): Line[] {
  const maintenance = texts(options.maintenance)
  const zone = options.timeZone === undefined ? '' : ` (${options.timeZone} where no zone is named)`
  return [
    ['events', scoreRules(options)],
    ...channelLines(options),
    ...(maintenance.length > 0 ? [['maintenance', `${maintenance.join('; ')}${zone}`] satisfies Line] : []),
  ]
}

const { openCount, openWithin, closeBelow, criticalScore, mergeGap, minLength, coolDown } = eventOptions.shape

function scoreRules(options: Options): string {
  const count = openCount.parse(options.openCount)
  const within = openWithin.parse(options.openWithin) ?? count
  const below = closeBelow.parse(options.closeBelow)
  const critical = criticalScore.parse(options.criticalScore)
  const gap = mergeGap.parse(options.mergeGap)
  const length = minLength.parse(options.minLength)
  const pause = coolDown.parse(options.coolDown)
  return [
    count === 1 ? 'open at the first flag' : `open at ${count} flags in ${within} samples`,
    ...(critical === undefined ? [] : [`open at once at a score of ${formatNumber(critical)}`]),
    ...(below < 1 ? [`stay open above ${formatNumber(below)}`] : []),
    ...(gap > 0 ? [`merged over gaps of ${samples(gap)}`] : []),
    ...(length > 1 ? [`at least ${samples(length)} long`] : []),
    ...(pause > 0 ? [`cool-down of ${samples(pause)}`] : []),
  ].join(', ')
}

function channelLines(options: Options): Line[] {
  const rules = new Map<string, string[]>()
  const add = (given: Options[string] | undefined, say: (value: string) => string) => {
    for (const text of texts(given)) {
      const at = text.lastIndexOf('=')
      const name = text.slice(0, at)
      rules.set(name, [...(rules.get(name) ?? []), say(text.slice(at + 1))])
    }
  }
  add(options.directionByChannel, side => (side === 'both' ? 'on both sides' : side))
  add(options.minAbsoluteByChannel, size => `deviation at least ${formatNumber(Number(size))}`)
  add(options.minRelativeByChannel, share => `deviation at least ${formatPercent(Number(share))}`)
  return [...rules].map(([name, parts]) => [
    `counts ${name}`,
    `${parts.join(', ')}, from the median of the history`,
  ])
}

const texts = (value: Options[string] | undefined): string[] =>
  Array.isArray(value) ? value.map(String) : []
const samples = (n: number) => (n === 1 ? '1 sample' : `${n} samples`)
