import { useEffect, useState } from 'preact/hooks'
import type { Job } from '../../src/serve/contract/index.js'
import { path, send } from './api.js'
import { Empty, ProblemBox } from './parts.js'
import { useAction } from './resource.js'
import { linkTo } from './route.js'
import { listen } from './sse.js'
import { numberText, percentText, spanText, timeText } from './text.js'

const STATE_TEXT: Record<Job['state'], string> = {
  queued: 'Queued',
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
}
const isOver = ({ state }: Job) => state !== 'queued' && state !== 'running'

export function JobList({ jobs, reload }: { jobs: readonly Job[]; reload: () => void }) {
  if (jobs.length === 0) return <Empty title="No trainings or evaluations yet" />
  return (
    <ol class="jobs">
      {jobs.map(job => (
        <JobRow key={job.id} loaded={job} reload={reload} />
      ))}
    </ol>
  )
}

/** A training or an evaluation, followed while it runs. */
function JobRow({ loaded, reload }: { loaded: Job; reload: () => void }) {
  const [job, setJob] = useState(loaded)
  useEffect(() => setJob(loaded), [loaded])
  useEffect(() => {
    if (isOver(loaded)) return
    let isComplete = false
    return listen(path.jobEvents(loaded.id), {
      isComplete: () => isComplete,
      onMessage(event, data) {
        if (event !== 'job') return
        isComplete = isOver(data as Job)
        setJob(data as Job)
        if (isComplete) reload()
      },
    })
  }, [loaded.id, loaded.state, reload])
  const cancel = useAction(async () => {
    setJob(await send<Job>('POST', path.cancel(job.id)))
    reload()
  })
  const isTraining = job.kind === 'training'
  const [name, version] = (isTraining && job.result?.split('@')) || []
  return (
    <li>
      <div class="job-head">
        <b>{isTraining ? job.model : `Evaluation of ${job.model}`}</b>
        <span class={`tag job-${job.state}`}>{STATE_TEXT[job.state]}</span>
        <span class="dim">{timeText(job.createdMs)}</span>
        {job.startedMs !== null && job.endedMs !== null && (
          <span class="dim">took {spanText(job.endedMs - job.startedMs)}</span>
        )}
        <span class="grow" />
        {name && <a href={linkTo(['models', name], { version })}>Show {job.result}</a>}
        {!isTraining && job.result && <a href={linkTo(['evaluations', job.id])}>Show the figures</a>}
        {!isOver(job) && (
          <button type="button" class="small" disabled={cancel.busy} onClick={() => cancel.run()}>
            Cancel
          </button>
        )}
      </div>
      {!isOver(job) && (
        <Progress
          progress={job.progress}
          label={`${isTraining ? 'Training' : 'Evaluation'} of ${job.model}`}
        />
      )}
      {job.notes.length > 0 && (
        <ul class="job-notes">
          {job.notes.map(note => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {job.error && <ProblemBox problem={job.error} />}
      {cancel.problem && <ProblemBox problem={cancel.problem} />}
    </li>
  )
}

function Progress({ progress, label }: { progress: Job['progress']; label: string }) {
  const { stage, share, epoch, epochs, loss, validationLoss } = progress
  return (
    <>
      <progress max="1" value={share} aria-label={label} />
      <p class="dim job-progress">
        <span>
          {stage}, {percentText(share)}
        </span>
        {epoch !== null && (
          <span>
            epoch {epoch}
            {epochs !== null && ` of ${epochs}`}
          </span>
        )}
        {loss !== null && <span>loss {numberText(loss)}</span>}
        {validationLoss !== null && <span>validation loss {numberText(validationLoss)}</span>}
      </p>
    </>
  )
}
