import { axes, linearScale, n, picture } from './axes.js'

const WIDTH = 320
const HEIGHT = 314
const AREA = { left: 44, right: WIDTH - 10, top: 26, bottom: HEIGHT - 44 }
/** A curve of more points is thinned. */
const MOST_POINTS = 400

/** A curve over the unit square, such as precision over recall. */
export interface UnitCurve {
  /** `[x, y]`, each from 0 to 1. */
  readonly points: readonly (readonly [x: number, y: number])[]
  /** Names of the axes. */
  readonly x: string
  readonly y: string
  /** Where the threshold in use is. */
  readonly mark?: readonly [x: number, y: number]
  /** What a score without skill gives: from and to. */
  readonly chance: readonly [from: number, to: number]
}

/** A precision-recall or ROC curve, with the threshold in use and the line of a score without skill. */
export function curvePlot({ points, x: xName, y: yName, mark, chance }: UnitCurve, title: string): string {
  const x = linearScale(0, 1, AREA.left, AREA.right)
  const y = linearScale(0, 1, AREA.bottom, AREA.top)
  const step = Math.max(1, Math.floor(points.length / MOST_POINTS))
  const shown = points.filter((_, i) => i % step === 0 || i === points.length - 1)
  const path = shown.map(([a, b]) => `${n(x(a))} ${n(y(b))}`).join('L')
  const dot = mark ? `<circle class="mark" cx="${n(x(mark[0]))}" cy="${n(y(mark[1]))}" r="5"/>` : ''
  return picture(
    WIDTH,
    HEIGHT,
    title,
    `${axes(AREA, x, y, 'index', { x: 5, y: 5 })}<path class="expected" d="M${AREA.left} ${n(y(chance[0]))}L${AREA.right} ${n(y(chance[1]))}"/><path class="curve" d="M${path}"/>${dot}<text class="middle" x="${(AREA.left + AREA.right) / 2}" y="${HEIGHT - 6}">${xName}</text><text x="4" y="13">${yName}</text>`,
  )
}
