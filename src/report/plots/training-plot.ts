import { htmlText } from '../../core/safe-text.js'
import type { EpochRecord } from '../../nn/index.js'
import { axes, linearScale, linePath, n, picture } from './axes.js'

const WIDTH = 640
const HEIGHT = 320
const AREA = { left: 64, right: WIDTH - 12, top: 12, bottom: HEIGHT - 44 }

/** Loss of a network by epoch, of training as a line and of held-back windows dashed; the dot is the epoch whose weights are kept. */
export function trainingPlot(history: readonly EpochRecord[], bestEpoch: number, label: string): string {
  const losses = history.flatMap(({ loss, validationLoss }) => [loss, validationLoss]).filter(Number.isFinite)
  const x = linearScale(history[0].epoch, history[history.length - 1].epoch, AREA.left, AREA.right)
  const y = linearScale(0, Math.max(0, ...losses) * 1.05 || 1, AREA.bottom, AREA.top)
  const at = (i: number) => x(history[i].epoch)
  const loss = linePath(
    history.map(record => record.loss),
    at,
    y,
  )
  const held = linePath(
    history.map(record => record.validationLoss),
    at,
    y,
  )
  const best = history.find(({ epoch }) => epoch === bestEpoch)
  const dot =
    best === undefined || !Number.isFinite(best.validationLoss)
      ? ''
      : `<circle class="mark" cx="${n(x(best.epoch))}" cy="${n(y(best.validationLoss))}" r="4"/>`
  const counts = { x: Math.min(10, Math.max(1, history.length - 1)), y: 5 }
  return picture(
    WIDTH,
    HEIGHT,
    label,
    `${axes(AREA, x, y, 'index', counts)}<path class="curve" d="${loss}"/><path class="expected" d="${held}"/>${dot}<text class="middle" x="${(AREA.left + AREA.right) / 2}" y="${HEIGHT - 6}">epoch</text><text class="end ink" x="${AREA.right}" y="${AREA.top + 10}">${htmlText(label)}</text>`,
  )
}
