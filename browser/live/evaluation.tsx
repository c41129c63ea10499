import type { EvaluationResult } from '../../src/serve/contract/index.js'
import { path } from './api.js'
import { Facts, Loaded, Table } from './parts.js'
import { useResource } from './resource.js'
import { numberText, percentText } from './text.js'

/** The figures of an evaluation: the model beside the baselines. */
export function EvaluationPage({ id }: { id: string }) {
  const found = useResource<EvaluationResult>(path.evaluation(id))
  return (
    <section class="panel" aria-labelledby="title">
      <h1 id="title" tabIndex={-1}>
        Evaluation{found.data && ` of ${found.data.model}`}
      </h1>
      <Loaded resource={found}>{data => <Figures result={data} />}</Loaded>
    </section>
  )
}

function Figures({ result: { rows } }: { result: EvaluationResult }) {
  const [{ evaluation }] = rows
  return (
    <>
      <Facts
        items={[
          ['Samples with a score', numberText(evaluation.samples)],
          ['Labelled events', numberText(evaluation.events)],
          ['Labelled share', percentText(evaluation.labelledShare)],
        ]}
      />
      <Table label="Metrics" name="metrics">
        <thead>
          <tr>
            <th>Metric</th>
            {rows.map(({ name }) => (
              <th key={name}>{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Object.keys(evaluation.metrics).map(metric => (
            <tr key={metric}>
              <th scope="row">{metric}</th>
              {rows.map(row => (
                <MetricCell key={row.name} row={row} metric={metric} />
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
      <p class="dim">A dash is a metric that is undefined here; small figures are 95 % intervals.</p>
    </>
  )
}

function MetricCell({ row, metric }: { row: EvaluationResult['rows'][number]; metric: string }) {
  const value = row.evaluation.metrics[metric]
  const interval = row.intervals[metric]
  if (value === null || value === undefined) return <td title={row.evaluation.reasons[metric]}>–</td>
  return (
    <td>
      {numberText(value)}
      {interval && (
        <small class="dim">
          {' '}
          {numberText(interval.low)} to {numberText(interval.high)}
        </small>
      )}
    </td>
  )
}
