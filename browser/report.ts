/** The script of a report: draws the timeline from the data of the page, and lets its events be shown in it. */
import type { PackedSeries } from '../src/report/timeline/packed-series.js'
import type { laneOf, unpackSeries } from './series.js'
import type { createTimeline } from './timeline.js'

declare const telltaleCharts: {
  createTimeline: typeof createTimeline
  laneOf: typeof laneOf
  unpackSeries: typeof unpackSeries
}

const root = document.getElementById('timeline')
const data = document.getElementById('timeline-data')
if (root && data) {
  const series = telltaleCharts.unpackSeries(JSON.parse(data.textContent ?? '') as PackedSeries)
  const timeline = telltaleCharts.createTimeline(root, series)
  for (const link of document.querySelectorAll<HTMLElement>('[data-show]')) {
    link.hidden = false
    link.addEventListener('click', () => {
      const event = series.events.find(({ id }) => id === link.dataset.show)
      if (event === undefined) return
      const margin = Math.max(event.to - event.from, 20 * series.step)
      timeline.zoom(event.from - margin, event.to + margin)
      root.scrollIntoView({ block: 'start' })
      root.querySelector<HTMLElement>('.timeline-lanes')?.focus({ preventScroll: true })
    })
  }
}
