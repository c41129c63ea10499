import { Component } from 'preact'
import type { Lane } from '../../src/serve/contract/index.js'
import { eventAt, LANE_CLASSES, LANE_HEIGHT, lanePaths } from './lanes.js'
import { StatusMark, VERDICT_TEXT } from './parts.js'
import { go, linkTo } from './route.js'
import { percentText, plural, scoreText, spanText, timeText } from './text.js'

/** What is under the pointer, and where the pointer is. */
export interface Tip {
  readonly lane: Lane
  readonly event: Lane['events'][number]
  readonly x: number
  readonly y: number
}

interface Props {
  readonly lane: Lane
  readonly fromMs: number
  readonly toMs: number
  readonly width: number
  readonly ticks: readonly number[]
  readonly onTip: (tip: Tip | undefined) => void
}

const SLACK_PX = 4

/** A device as a row: drawn again only when its lane, the range or the width has changed. */
export class LaneRow extends Component<Props> {
  override shouldComponentUpdate(next: Props): boolean {
    const { lane, toMs, fromMs, width } = this.props
    return next.lane !== lane || next.toMs !== toMs || next.fromMs !== fromMs || next.width !== width
  }

  eventUnder(event: MouseEvent) {
    const box = (event.currentTarget as Element).getBoundingClientRect()
    const { lane, fromMs, toMs } = this.props
    const msPerPx = (toMs - fromMs) / box.width
    return eventAt(lane.events, fromMs + (event.clientX - box.left) * msPerPx, SLACK_PX * msPerPx)
  }

  point = (pointer: MouseEvent) => {
    const { lane, onTip } = this.props
    const event = this.eventUnder(pointer)
    onTip(event && { lane, event, x: pointer.clientX, y: pointer.clientY })
  }

  open = (pointer: MouseEvent) => {
    const event = this.eventUnder(pointer)
    if (event === undefined || pointer.ctrlKey || pointer.metaKey) return
    pointer.preventDefault()
    go(linkTo(['events', event.id]))
  }

  leave = () => this.props.onTip(undefined)

  render() {
    const { lane, fromMs, toMs, width, ticks } = this.props
    const paths = lanePaths(lane.events, fromMs, toMs, width)
    const grid = ticks
      .map(tick => `M${((tick - fromMs) / (toMs - fromMs)) * width} 0v${LANE_HEIGHT}`)
      .join('')
    const isOver = (lane.score ?? 0) >= 1
    return (
      <li>
        <a href={linkTo(['devices', lane.id])} class="lane">
          <span class="lane-name">
            <StatusMark status={lane.status} quiet />
            <b>{lane.name || lane.stream}</b>
            <small title={lane.unscored?.detail}>{laneText(lane)}</small>
          </span>
          <svg
            class="lane-strip"
            viewBox={`0 0 ${width} ${LANE_HEIGHT}`}
            preserveAspectRatio="none"
            aria-hidden="true"
            onMouseMove={this.point}
            onMouseLeave={this.leave}
            onClick={this.open}
          >
            <path class="lane-grid" d={grid} />
            <path class="lane-base" d={`M0 ${LANE_HEIGHT / 2}h${width}`} />
            {LANE_CLASSES.map(
              name => paths[name] && <path key={name} class={`mark-${name}`} d={paths[name]} />,
            )}
          </svg>
          <span class="number">
            {lane.events.length}
            <span class="unseen"> events</span>
          </span>
          <span class={`number ${isOver ? 'is-over' : ''}`}>
            <span class="unseen">score </span>
            {scoreText(lane.score)}
          </span>
          <span class="number coverage-cell">
            <span class="unseen">coverage </span>
            <span class={lane.coverage !== null && lane.coverage < 0.9 ? 'is-low' : ''}>
              {percentText(lane.coverage)}
            </span>
          </span>
        </a>
      </li>
    )
  }
}

/** What is said beside the name of a device: why nothing of it is scored, what a drift calls for, else its model. */
function laneText({ unscored, drift, model }: Lane): string {
  if (unscored !== null)
    return unscored.reason === 'missing'
      ? `no ${unscored.channels.join(', ')}`
      : `refused: ${unscored.reason}`
  return drift === null ? model : `drift: ${drift}`
}

export function TipBox({ tip: { lane, event, x, y } }: { tip: Tip }) {
  const side = x > innerWidth - 280 ? { right: `${innerWidth - x + 12}px` } : { left: `${x + 12}px` }
  return (
    <div class="tip" role="presentation" style={{ ...side, top: `${y + 14}px` }}>
      <b>{lane.name || lane.stream}</b>
      <span>{timeText(event.startMs)}</span>
      <span>
        {event.state === 'open' ? 'open' : spanText(event.endMs - event.startMs)} · peak score{' '}
        {scoreText(event.score)} · severity {Math.round(event.severity)}
      </span>
      {event.verdict && <span>{VERDICT_TEXT[event.verdict]}</span>}
      {lane.events.length > 1 && <span class="dim">{plural(lane.events.length, 'event')} in the range</span>}
    </div>
  )
}
