import { useState } from 'preact/hooks'
import type { ModelDetail } from '../../src/serve/contract/index.js'
import { path, send } from './api.js'
import { ProblemBox } from './parts.js'
import { useAction } from './resource.js'

/** The alias that a plain name stands for. */
const CHAMPION = 'champion'

/** Makes an alias name a version. Streams and requests that use the alias use it from then on. */
export function Promote({
  model,
  version,
  reload,
}: {
  model: ModelDetail
  version: number
  reload: () => void
}) {
  const [alias, setAlias] = useState(CHAMPION)
  const [why, setWhy] = useState('')
  const [said, setSaid] = useState('')
  const now = model.aliases[alias]
  const { busy, problem, run } = useAction(async () => {
    await send('POST', path.alias(model.name), { alias, version, why })
    setSaid(`${alias} is version ${version} now.`)
    reload()
  })
  const aliases = [...new Set([CHAMPION, ...Object.keys(model.aliases)])]
  return (
    <section class="panel" aria-labelledby="promote">
      <h2 id="promote">Promote version {version}</h2>
      <form
        class="row"
        onSubmit={event => {
          event.preventDefault()
          run()
        }}
      >
        <label class="field">
          <span>Alias</span>
          <input
            list="aliases"
            required
            pattern="[a-z][a-z0-9\-]{0,49}"
            title="Small letters, digits and hyphens; begins with a letter"
            value={alias}
            onInput={event => setAlias(event.currentTarget.value)}
          />
          <datalist id="aliases">
            {aliases.map(name => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </label>
        <label class="field grow">
          <span>Why</span>
          <input value={why} maxLength={500} onInput={event => setWhy(event.currentTarget.value)} />
        </label>
        <button type="submit" class="primary" disabled={busy || now === version}>
          {now === undefined
            ? `Set ${alias || 'alias'}`
            : now === version
              ? 'In use'
              : `Change from version ${now}`}
        </button>
      </form>
      <p class="said" role="status">
        {said}
      </p>
      {problem && <ProblemBox problem={problem} />}
    </section>
  )
}
