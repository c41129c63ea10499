import type { Model, Page } from '../../src/serve/contract/index.js'
import { path } from './api.js'
import { Empty, Loaded, Table } from './parts.js'
import { useResource } from './resource.js'
import { linkTo } from './route.js'
import { numberText, plural } from './text.js'

/** Models of the registry. */
export function Models() {
  const models = useResource<Page<Model>>(path.models())
  return (
    <section class="panel" aria-labelledby="title">
      <div class="head">
        <h1 id="title" tabIndex={-1}>
          Models
        </h1>
        <p class="sub">A version never changes. An alias names the version that is used.</p>
        <div class="tools">
          <a class="button" href={linkTo(['training'])}>
            Train a model
          </a>
        </div>
      </div>
      <Loaded resource={models}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No models yet">
              Start a training here, or run <code>telltale train</code> with <code>--registry</code>.
            </Empty>
          ) : (
            <ModelTable models={items} />
          )
        }
      </Loaded>
    </section>
  )
}

function ModelTable({ models }: { models: readonly Model[] }) {
  return (
    <Table label="Models">
      <thead>
        <tr>
          <th>Model</th>
          <th>Aliases</th>
          <th class="number">Newest</th>
          <th class="number">Versions</th>
        </tr>
      </thead>
      <tbody>
        {models.map(({ name, aliases, latest, versions }) => (
          <tr key={name}>
            <th scope="row">
              <a href={linkTo(['models', name])}>{name}</a>
            </th>
            <td class="tags">
              {Object.entries(aliases).map(([alias, version]) => (
                <span key={alias} class="tag">
                  {alias} → {version}
                </span>
              ))}
              {Object.keys(aliases).length === 0 && <span class="dim">none</span>}
            </td>
            <td class="number">{numberText(latest)}</td>
            <td class="number">
              <span class="unseen">{plural(versions, 'version')}</span>
              <span aria-hidden="true">{numberText(versions)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
