import { htmlText } from '../../core/safe-text.js'
import type { NetworkFacts } from '../../nn/index.js'
import { formatNumber } from '../units.js'
import { n, picture } from './axes.js'

const WIDTH = 420
const BOX = { height: 34, gap: 18, least: 150, most: 400 }

/** A network from its input down: a box per layer, as wide as the logarithm of what comes out of it, with its steps, width and parameters. */
export function networkPlot({ name, inputShape, layers }: NetworkFacts, label = name): string {
  const [steps, width] = inputShape
  const boxes = [{ kind: 'input', steps, width, parameters: 0 }, ...layers]
  const sizes = boxes.map(box => Math.log(1 + box.steps * box.width))
  const largest = Math.max(...sizes)
  const pitch = BOX.height + BOX.gap
  const top = (k: number) => 24 + k * pitch
  const rows = boxes.map(({ kind, parameters, ...shape }, k) => {
    const wide = BOX.least + (BOX.most - BOX.least) * (sizes[k] / largest)
    const text = `${kind.replace('layer:', '')}: ${shape.steps} x ${shape.width}${parameters > 0 ? `, ${formatNumber(parameters, 6)} parameters` : ''}`
    const arrow =
      k === 0 ? '' : `<path class="axis" d="M${WIDTH / 2} ${top(k) - BOX.gap}V${top(k) - 1}m-4 -5l4 5l4 -5"/>`
    return `${arrow}<rect class="bar" x="${n((WIDTH - wide) / 2)}" y="${top(k)}" width="${n(wide)}" height="${BOX.height}" rx="4"/><text class="middle ink" x="${WIDTH / 2}" y="${top(k) + 21}">${htmlText(text)}</text>`
  })
  const head = `<text class="middle ink" x="${WIDTH / 2}" y="14">${htmlText(label)}</text>`
  return picture(WIDTH, top(boxes.length) - BOX.gap + 8, label, `${head}${rows.join('')}`)
}
