import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { connection, locked } from './api.js'
import { setTheme, type Theme, theme } from './colours.js'
import { DevicePage } from './device.js'
import { EvaluationPage } from './evaluation.js'
import { EventPage } from './event.js'
import { Events } from './events.js'
import { apiKey, setKey } from './key.js'
import { useConnection } from './live.js'
import { ModelPage } from './model.js'
import { Models } from './models.js'
import { Overview } from './overview.js'
import { Empty } from './parts.js'
import { go, linkTo, useRoute } from './route.js'
import { useStore } from './store.js'
import { deviceName } from './text.js'
import { Training } from './training.js'

const VIEWS = [
  ['', 'Overview'],
  ['events', 'Events'],
  ['models', 'Models'],
  ['training', 'Training'],
] as const

function Page() {
  const { parts } = useRoute()
  const [view = '', id] = parts
  const place = parts.join('/')
  // A screen reader and the keyboard start at the title of a new view; the first view is left to the browser.
  const [isFirst, setFirst] = useState(true)
  useEffect(() => {
    const name = VIEWS.find(([one]) => one === tabOf(view))?.[1] ?? 'Key'
    document.title = `${id === undefined ? name : deviceName(id)} · telltale`
    if (isFirst) setFirst(false)
    else focusContent()
  }, [place])
  return (
    <>
      <button type="button" class="skip" onClick={focusContent}>
        Skip to content
      </button>
      <Header view={tabOf(view)} />
      <Offline />
      <main id="content" tabIndex={-1}>
        <View key={place} view={view} id={id} />
      </main>
    </>
  )
}

/** The entry of the navigation that a view belongs to. */
const tabOf = (view: string) => (view === 'devices' ? '' : view === 'evaluations' ? 'training' : view)
const focusContent = () => document.getElementById('content')?.focus()

function View({ view, id }: { view: string; id: string | undefined }) {
  if (view === '') return <Overview />
  if (view === 'devices' && id !== undefined) return <DevicePage id={id} />
  if (view === 'events') return id === undefined ? <Events /> : <EventPage id={id} />
  if (view === 'models') return id === undefined ? <Models /> : <ModelPage name={id} />
  if (view === 'training') return <Training />
  if (view === 'evaluations' && id !== undefined) return <EvaluationPage id={id} />
  if (view === 'key') return <KeyPage />
  return (
    <section class="panel">
      <Empty title="There is no such page">
        <a href={linkTo([])}>Overview</a>
      </Empty>
    </section>
  )
}

function Header({ view }: { view: string }) {
  const [chosen, choose] = useState<Theme>(theme())
  return (
    <header>
      <a class="brand" href={linkTo([])}>
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <rect width="16" height="16" rx="4" />
          <path d="M2 9h3l1.5-2L8 9l1.6-6L11.4 12l1-3H14" />
        </svg>
        telltale
      </a>
      <nav aria-label="Views">
        {VIEWS.map(([name, text]) => (
          <a
            key={name}
            href={linkTo(name === '' ? [] : [name])}
            aria-current={name === view ? 'page' : undefined}
          >
            {text}
          </a>
        ))}
      </nav>
      <span class="grow" />
      <Connection />
      <label class="theme">
        <span>Theme</span>
        <select
          value={chosen}
          onChange={event => {
            choose(event.currentTarget.value as Theme)
            setTheme(event.currentTarget.value as Theme)
          }}
        >
          <option value="system">System</option>
          <option value="light">Light</option>
          <option value="dark">Dark</option>
        </select>
      </label>
      <a class="key" href={linkTo(['key'])} aria-current={view === 'key' ? 'page' : undefined}>
        API key
      </a>
    </header>
  )
}

/** Follows the server as long as the page is open, so that the page knows when it is back. */
function Connection() {
  const [line, isLocked] = [useStore(connection), useStore(locked)]
  useConnection()
  const state = line === 'online' && isLocked ? 'locked' : line
  return (
    <span class={`connection connection-${state}`}>
      <i aria-hidden="true" />
      {{ online: 'Connected', locked: 'Key needed', offline: 'Offline' }[state]}
    </span>
  )
}

function Offline() {
  const state = useStore(connection)
  return (
    <div role="status">
      {state === 'offline' && (
        <p class="offline">
          The server does not answer. The page shows what it loaded before and connects again by itself.
        </p>
      )}
    </div>
  )
}

function KeyPage() {
  const kept = useStore(apiKey)
  const [key, enter] = useState(kept)
  return (
    <section class="panel narrow" aria-labelledby="title">
      <h1 id="title" tabIndex={-1}>
        API key
      </h1>
      <p>
        Make one with <code>telltale api keys create</code>. It is kept in this tab only and sent to this
        server only.
      </p>
      <form
        onSubmit={event => {
          event.preventDefault()
          setKey(key.trim())
          go(linkTo([]))
        }}
      >
        <label class="field">
          <span>Key</span>
          <input
            type="password"
            autocomplete="off"
            spellcheck={false}
            value={key}
            onInput={event => enter(event.currentTarget.value)}
          />
        </label>
        <div class="buttons">
          <button type="submit" class="primary">
            Use this key
          </button>
          {kept && (
            <button
              type="button"
              onClick={() => {
                setKey('')
                enter('')
              }}
            >
              Forget it
            </button>
          )}
        </div>
      </form>
    </section>
  )
}

setTheme(theme())
render(<Page />, document.getElementById('page')!)
