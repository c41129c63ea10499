import { useState } from 'preact/hooks'
import type { Dataset, Device, Job, JobBody, Page } from '../../src/serve/contract/index.js'
import { path, send } from './api.js'
import { JobList } from './jobs.js'
import { Loaded, ProblemBox } from './parts.js'
import { useAction, useResource } from './resource.js'
import { setQuery, useRoute } from './route.js'
import { plural } from './text.js'

const DETECTORS = ['auto', 'committee', 'autoencoder', 'pca', 'isolation-forest', 'matrix-profile']

/** The job of a deep link, such as the proposal after a feedback. */
function proposalOf(query: URLSearchParams): JobBody | undefined {
  try {
    return JSON.parse(query.get('proposal') ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

/** Starts a training and shows what trainings do. */
export function Training() {
  const { query } = useRoute()
  const jobs = useResource<Page<Job>>(path.jobs())
  const proposal = proposalOf(query)
  return (
    <>
      <section class="panel" aria-labelledby="title">
        <div class="head">
          <h1 id="title" tabIndex={-1}>
            Train a model
          </h1>
          <p class="sub">A training adds a version to the registry. Versions in use do not change.</p>
        </div>
        {proposal ? (
          <ProposalForm proposal={proposal} started={jobs.reload} />
        ) : (
          <TrainForm started={jobs.reload} />
        )}
      </section>
      <section class="panel" aria-labelledby="jobs">
        <h2 id="jobs">Trainings and evaluations</h2>
        <Loaded resource={jobs}>{data => <JobList jobs={data.items} reload={jobs.reload} />}</Loaded>
      </section>
    </>
  )
}

function ProposalForm({ proposal, started }: { proposal: JobBody; started: () => void }) {
  const { busy, problem, run } = useAction(async () => {
    await send<Job>('POST', '/jobs', proposal)
    setQuery({ proposal: undefined })
    started()
  })
  return (
    <>
      <p>
        Trains <b>{proposal.model}</b> like <b>{proposal.base}</b> on the readings of <b>{proposal.device}</b>{' '}
        and leaves out {plural(Array.isArray(proposal.exclude) ? proposal.exclude.length : 0, 'interval')}{' '}
        that feedback marked.
      </p>
      <div class="buttons">
        <button type="button" class="primary" disabled={busy} onClick={() => run()}>
          Start training
        </button>
        <button type="button" onClick={() => setQuery({ proposal: undefined })}>
          Choose other options
        </button>
      </div>
      {problem && <ProblemBox problem={problem} />}
    </>
  )
}

function TrainForm({ started }: { started: () => void }) {
  const devices = useResource<Page<Device>>('/devices?limit=1000')
  const datasets = useResource<Page<Dataset>>(path.datasets())
  const [model, setModel] = useState('')
  const [chosen, choose] = useState('')
  const [detector, setDetector] = useState('auto')
  const [falseAlarms, setFalseAlarms] = useState('1/week')
  const [exclude, setExclude] = useState('')
  const all = [
    ...(datasets.data?.items ?? []).map(({ name }) => [`dataset ${name}`, `Data set ${name}`]),
    ...(devices.data?.items ?? []).map(({ id }) => [`device ${id}`, `Readings of ${id}`]),
  ]
  const source = chosen || all[0]?.[0] || ''
  const { busy, problem, run } = useAction(async () => {
    const [kind, ...name] = source.split(' ')
    const body: JobBody = {
      model,
      [kind]: name.join(' '),
      options: { detector, falseAlarms },
      ...(exclude && { exclude }),
    }
    await send<Job>('POST', '/jobs', body)
    started()
  })
  const failed = devices.problem ?? datasets.problem
  return (
    <form
      class="row"
      onSubmit={event => {
        event.preventDefault()
        run()
      }}
    >
      <label class="field">
        <span>Model</span>
        <input
          required
          pattern="[A-Za-z0-9][A-Za-z0-9._\-]{0,99}"
          title="Letters, digits, dots, hyphens and underscores"
          placeholder="such as pump"
          value={model}
          onInput={event => setModel(event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>History</span>
        <select required value={source} onChange={event => choose(event.currentTarget.value)}>
          {all.length === 0 && <option value="">no data yet</option>}
          {all.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Detector</span>
        <select value={detector} onChange={event => setDetector(event.currentTarget.value)}>
          {DETECTORS.map(one => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>False alarms</span>
        <input value={falseAlarms} onInput={event => setFalseAlarms(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>Leave out</span>
        <input
          title="Times of known faults, several with commas between"
          placeholder="FROM..TO"
          value={exclude}
          onInput={event => setExclude(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="primary" disabled={busy || source === ''}>
        Start training
      </button>
      {(problem ?? failed) && <ProblemBox problem={(problem ?? failed)!} />}
    </form>
  )
}
