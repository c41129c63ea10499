import type { ComponentChildren } from 'preact'
import type { Device, Event, Problem, Verdict } from '../../src/serve/contract/index.js'
import { linkTo } from './route.js'

export const STATUS_TEXT: Record<Device['status'], string> = {
  alarm: 'Alarm',
  watch: 'Watch',
  unscored: 'No score',
  silent: 'Silent',
  waiting: 'Waiting',
  ok: 'Normal',
}
export const VERDICT_TEXT: Record<Verdict, string> = {
  confirmed: 'Confirmed',
  'false-alarm': 'False alarm',
  expected: 'Expected',
}

/** Colour and shape say the same: a filled disc, a half disc, rings. */
export function StatusMark({ status, quiet = false }: { status: Device['status']; quiet?: boolean }) {
  return (
    <span class={`status status-${status}`}>
      <svg viewBox="0 0 10 10" aria-hidden="true">
        <circle cx="5" cy="5" r="4" />
        {status === 'watch' && <path d="M5 1a4 4 0 0 1 0 8z" />}
        {status === 'unscored' && <path d="M3 5h4" />}
      </svg>
      <span class={quiet ? 'unseen' : ''}>{STATUS_TEXT[status]}</span>
    </span>
  )
}

export function VerdictTag({ event }: { event: Pick<Event, 'matches'> & { verdict?: Verdict | null } }) {
  if (event.verdict) return <span class={`tag tag-${event.verdict}`}>{VERDICT_TEXT[event.verdict]}</span>
  if (event.matches) return <span class="tag tag-expected">Known pattern</span>
  return null
}

export function ProblemBox({ problem, retry }: { problem: Problem; retry?: () => void }) {
  return (
    <div class="notice notice-error" role="alert">
      <strong>{problem.detail}</strong>
      {problem.remedy && <p>{problem.remedy}</p>}
      <p class="notice-foot">
        {problem.code && <code>{problem.code}</code>}
        {problem.where && <code>{problem.where}</code>}
        {problem.requestId && <span>request {problem.requestId}</span>}
        {(problem.status === 401 || problem.status === 403) && <a href={linkTo(['key'])}>Enter an API key</a>}
        {retry && problem.status !== 401 && (
          <button type="button" class="small" onClick={retry}>
            Retry
          </button>
        )}
      </p>
    </div>
  )
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="notice">
      <strong>{title}</strong>
      {children && <p>{children}</p>}
    </div>
  )
}

/** Bars in the place of what is loaded. */
export function Loading({ rows = 6 }: { rows?: number }) {
  return (
    <div class="loading" role="status">
      <span class="unseen">Loading</span>
      {Array.from({ length: rows }, (_, i) => (
        <i key={i} />
      ))}
    </div>
  )
}

/** What is shown of a resource: its data, else its problem, else that it is loading. */
export function Loaded<T>({
  resource,
  rows,
  children,
}: {
  resource: { data: T | undefined; problem: Problem | undefined; reload(): void }
  rows?: number
  children: (data: T) => ComponentChildren
}) {
  const { data, problem, reload } = resource
  const isHidden = problem !== undefined && (data === undefined || problem.status !== 0)
  return (
    <>
      {isHidden && <ProblemBox problem={problem} retry={reload} />}
      {data !== undefined && !isHidden && children(data)}
      {data === undefined && problem === undefined && <Loading rows={rows} />}
    </>
  )
}

/** A choice of few, as radio buttons in one bar. */
export function Choice<T extends string>({
  label,
  name,
  options,
  value,
  onChange,
}: {
  label: string
  name: string
  options: readonly (readonly [value: T, text: string, count?: number])[]
  value: T
  onChange: (value: T) => void
}) {
  return (
    <fieldset class="choice">
      <legend class="unseen">{label}</legend>
      {options.map(([option, text, count]) => (
        <label key={option}>
          <input
            type="radio"
            name={name}
            value={option}
            checked={option === value}
            onChange={() => onChange(option)}
          />
          <span>
            {text}
            {count !== undefined && <small>{count}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  )
}

export function Facts({ items }: { items: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {items.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** A table that scrolls sideways on a small screen, by the keyboard as well. */
export function Table({
  label,
  name = '',
  children,
}: {
  label: string
  name?: string
  children: ComponentChildren
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard cannot scroll
    <section class="scroll" aria-label={label} tabIndex={0}>
      <table class={name}>{children}</table>
    </section>
  )
}
