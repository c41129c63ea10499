import { useState } from 'preact/hooks'
import type { CompareResult } from '../../src/serve/contract/index.js'
import { path, request } from './api.js'
import { Empty, ProblemBox } from './parts.js'
import { useAction } from './resource.js'
import { Sides } from './sides.js'
import { plural, scoreText, spanText, timeText } from './text.js'

const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  jsonl: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
}

type Group = CompareResult['groups'][number]

interface Props {
  readonly name: string
  readonly base: number
  readonly other: number
}

/** The events that both versions find in a table, side by side. The table is read here and not kept. */
export function CompareEvents({ name, base, other }: Props) {
  const [found, setFound] = useState<CompareResult>()
  const { busy, problem, run } = useAction(async (file: File) => {
    setFound(undefined)
    const type = TYPES[file.name.split('.').at(-1)!.toLowerCase()] ?? 'text/csv'
    const address = path.compare(`${name}@${base}`, `${name}@${other}`)
    const answer = await request(address, { method: 'POST', headers: { 'content-type': type }, body: file })
    setFound((await answer.json()) as CompareResult)
  })
  return (
    <div class="compare-events">
      <h3>Events in a table</h3>
      <label class="field">
        <span>CSV, NDJSON or Parquet with the channels of both</span>
        <input
          type="file"
          accept={Object.keys(TYPES)
            .map(ending => `.${ending}`)
            .join()}
          disabled={busy}
          onChange={event => {
            const [file] = event.currentTarget.files ?? []
            if (file) run(file)
          }}
        />
      </label>
      <div role="status">{busy && <p class="dim">Scoring with both versions…</p>}</div>
      {problem && <ProblemBox problem={problem} />}
      {found && <Groups found={found} base={base} other={other} />}
    </div>
  )
}

function Groups({ found: { groups, notes }, base, other }: { found: CompareResult } & Omit<Props, 'name'>) {
  const words: Record<Group['difference'], string> = {
    same: 'both',
    'other-times': 'both at other times',
    'only-model': `version ${base} only`,
    'only-other': `version ${other} only`,
  }
  const counts = Object.entries(words).flatMap(([difference, text]) => {
    const count = groups.filter(group => group.difference === difference).length
    return count > 0 ? [`${count} by ${text}`] : []
  })
  return (
    <>
      {notes.map(note => (
        <p key={note} class="dim">
          {note}
        </p>
      ))}
      {groups.length === 0 ? (
        <Empty title="Neither version finds an event" />
      ) : (
        <>
          <p>
            {plural(groups.length, 'event')}: {counts.join(', ')}
          </p>
          <Sides label="Events of both versions" first="Found by" base={base} other={other}>
            {groups.map(({ difference, events, otherEvents }) => (
              <tr key={(events[0] ?? otherEvents[0]).startMs}>
                <th scope="row">{words[difference]}</th>
                <td class={difference === 'same' ? '' : 'was'}>{eventsText(events)}</td>
                <td class={difference === 'same' ? '' : 'now'}>{eventsText(otherEvents)}</td>
              </tr>
            ))}
          </Sides>
        </>
      )}
    </>
  )
}

function eventsText(events: Group['events']): string {
  if (events.length === 0) return '–'
  return events
    .map(
      ({ startMs, endMs, score, channels }) =>
        `${timeText(startMs)}, ${spanText(endMs - startMs)}, score ${scoreText(score)}, ${channels[0]?.name ?? ''}`,
    )
    .join('; ')
}
