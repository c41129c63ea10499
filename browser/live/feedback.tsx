import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { Event, FeedbackPreview, FeedbackResult, Verdict } from '../../src/serve/contract/index.js'
import { path, send } from './api.js'
import { ProblemBox, VERDICT_TEXT } from './parts.js'
import { useAction, useResource } from './resource.js'
import { linkTo } from './route.js'
import { plural, spanText, timeText } from './text.js'

const MEANING: Record<Verdict, string> = {
  confirmed: 'A real anomaly. It is left out of training and calibration.',
  'false-alarm': 'Normal operation. Similar events raise no alarm; it is left out of training.',
  expected:
    'Unusual but planned, such as maintenance. Similar events raise no alarm; it is left out of training.',
}
const VERDICTS: readonly Verdict[] = ['confirmed', 'false-alarm', 'expected']
const DAYS = 30
const SETTLED_MS = 200

/** What an operator says of an event, what it would change, and undo. */
export function FeedbackPanel({ event, put }: { event: Event; put: (event: Event) => void }) {
  const [verdict, setVerdict] = useState<Verdict | undefined>(event.feedback?.verdict)
  const [radius, setRadius] = useState(event.feedback?.radius ?? 0.25)
  const [note, setNote] = useState(event.feedback?.note ?? '')
  const [proposal, setProposal] = useState<FeedbackResult['proposal']>(null)
  const [said, setSaid] = useState('')
  const undo = useRef<HTMLButtonElement>(null)
  const first = useRef<HTMLInputElement>(null)
  const save = useAction(async () => {
    const result = await send<FeedbackResult>('POST', path.feedback(event.id), { verdict, radius, note })
    put(result.event)
    setProposal(result.proposal)
    setSaid(`Saved: ${VERDICT_TEXT[verdict as Verdict]}.`)
    setTimeout(() => undo.current?.focus())
  })
  const remove = useAction(async () => {
    await send('DELETE', path.feedback(event.id))
    put({ ...event, feedback: null })
    setProposal(null)
    setSaid('Feedback removed. Nothing is hidden by it any more.')
    setTimeout(() => first.current?.focus())
  })
  return (
    <aside class="panel feedback" aria-labelledby="feedback">
      <h2 id="feedback" tabIndex={-1}>
        Feedback
      </h2>
      <form
        onSubmit={submitted => {
          submitted.preventDefault()
          save.run()
        }}
      >
        <Verdicts {...{ verdict, setVerdict, first }} />
        {verdict && (
          <>
            {verdict !== 'confirmed' && <Radius {...{ radius, setRadius }} />}
            <label class="field">
              <span>Note</span>
              <textarea
                rows={2}
                maxLength={2000}
                value={note}
                onInput={typed => setNote(typed.currentTarget.value)}
              />
            </label>
            <Preview event={event} verdict={verdict} radius={radius} />
          </>
        )}
        <div class="buttons">
          <button type="submit" class="primary" disabled={verdict === undefined || save.busy}>
            {event.feedback ? 'Save changes' : 'Save feedback'}
          </button>
          {event.feedback && (
            <button type="button" ref={undo} disabled={remove.busy} onClick={() => remove.run()}>
              Undo
            </button>
          )}
        </div>
        <p class="said" role="status">
          {said}
        </p>
        {(save.problem ?? remove.problem) && <ProblemBox problem={(save.problem ?? remove.problem)!} />}
      </form>
      {event.feedback && (
        <p class="dim">
          {VERDICT_TEXT[event.feedback.verdict]} by {event.feedback.by},{' '}
          {timeText(event.feedback.atMs, false)}
        </p>
      )}
      {proposal && (
        <div class="notice">
          <strong>Proposed: {proposal.reason}</strong>
          <p>The model in use has not changed. A training adds a new version that you compare and promote.</p>
          <p>
            <a class="button" href={linkTo(['training'], { proposal: JSON.stringify(proposal.job) })}>
              Train a new version of {proposal.model}
            </a>
          </p>
        </div>
      )}
    </aside>
  )
}

function Verdicts({
  verdict,
  setVerdict,
  first,
}: {
  verdict: Verdict | undefined
  setVerdict: (verdict: Verdict) => void
  first: { current: HTMLInputElement | null }
}) {
  return (
    <fieldset class="verdicts">
      <legend>What was it?</legend>
      {VERDICTS.map((one, k) => (
        <label key={one}>
          <input
            ref={k === 0 ? first : undefined}
            type="radio"
            name="verdict"
            value={one}
            checked={one === verdict}
            onChange={() => setVerdict(one)}
          />
          <span>
            <b>{VERDICT_TEXT[one]}</b>
            <small>{MEANING[one]}</small>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

function Radius({ radius, setRadius }: { radius: number; setRadius: (radius: number) => void }) {
  const help = useId()
  return (
    <label class="field">
      <span>
        Similar events: radius <output>{radius.toFixed(2)}</output>
      </span>
      <input
        type="range"
        min="0.05"
        max="1"
        step="0.05"
        value={radius}
        aria-describedby={help}
        onInput={moved => setRadius(Number(moved.currentTarget.value))}
      />
      <small id={help}>
        Half the sum of the differences of the channel shares; 0 is the same mix, 1 is any event.
      </small>
    </label>
  )
}

/** What the verdict would change, once the slider rests. */
function Preview({ event, verdict, radius }: { event: Event; verdict: Verdict; radius: number }) {
  const [settled, setSettled] = useState(radius)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(radius), SETTLED_MS)
    return () => clearTimeout(timer)
  }, [radius])
  const query = `verdict=${verdict}&radius=${settled}&days=${DAYS}`
  const { data, problem } = useResource<FeedbackPreview>(path.preview(event.id, query))
  if (problem) return <ProblemBox problem={problem} />
  return (
    <div
      class={`preview ${data && data.hidden.length > 0 ? 'preview-warn' : ''}`}
      role="status"
      aria-busy={!data}
    >
      <b>What it would change</b>
      {data === undefined ? (
        <p class="dim">Computing …</p>
      ) : (
        <>
          <p>{sentenceOf(data)}</p>
          <Bar part={data.removed.length} whole={data.alarms} label="alarms removed" />
          {data.hidden.length > 0 && (
            <p class="is-over">
              Hides {plural(data.hidden.length, 'confirmed event')}. Choose a smaller radius.
            </p>
          )}
          {data.excludedMs > 0 && (
            <p class="dim">{spanText(data.excludedMs)} would be left out of training.</p>
          )}
        </>
      )}
    </div>
  )
}

const sentenceOf = ({ sentence }: FeedbackPreview) =>
  `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}${/[.!]$/.test(sentence) ? '' : '.'}`

function Bar({ part, whole, label }: { part: number; whole: number; label: string }) {
  if (whole === 0) return null
  return (
    <div class="bar" role="img" aria-label={`${part} of ${whole} ${label}`}>
      <i style={{ width: `${(100 * part) / whole}%` }} />
    </div>
  )
}
