import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { serveCommand } from '../../src/cli/commands/serve.js'
import { METRICS, type MetricName } from '../../src/observe/index.js'
import { ROUTES } from '../../src/serve/routes/index.js'

const FOLDER = join(import.meta.dirname, '../../examples/deploy')
const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8')
const objects = () => parseAllDocuments(read('kubernetes.yaml')).map(one => one.toJS())
const container = () => objects().find(({ kind }) => kind === 'Deployment').spec.template.spec.containers[0]
const publicPaths = ROUTES.filter(({ access }) => access === 'public').map(({ path }) => path)
const options = Object.keys(serveCommand.schema?.shape ?? {}).map(
  name => `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`,
)
const optionsOf = (text: string) => text.match(/(?<![\w-])--[a-z][a-z-]*/g) ?? []

/** Metrics of an expression of PromQL, with the labels that are used beside them. */
function metricsOf(expr: string): { name: string; labels: string[] }[] {
  const groups = [...expr.matchAll(/\b(?:by|on) ?\(([^)]*)\)/g)].flatMap(([, list]) => list.split(/,\s*/))
  return [...expr.matchAll(/\b((?:telltale|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, name, own = '']) => ({
      name,
      labels: [...groups, ...[...own.matchAll(/(\w+)\s*[!=]/g)].map(([, label]) => label)],
    }),
  )
}

/** What is wrong with an expression: metrics and labels that `/metrics` does not have. */
function wrongIn(expr: string): string[] {
  return metricsOf(expr).flatMap(({ name, labels }) => {
    const base = name.replace(/_(bucket|sum|count)$/, '')
    const isPart = base !== name && METRICS[base as MetricName]?.type === 'histogram'
    const entry = METRICS[(isPart ? base : name) as MetricName]
    if (entry === undefined) return [name]
    if (entry.type === 'histogram' && !isPart) return [`${name} without _bucket, _sum or _count`]
    const known: readonly string[] = [...entry.labels, 'job', 'instance', ...(isPart ? ['le'] : [])]
    return labels.filter(label => !known.includes(label)).map(label => `${name}{${label}}`)
  })
}

describe('the check of expressions', () => {
  it.each([
    ['rate(telltale_nothing_total[5m])', 'telltale_nothing_total'],
    ['sum by (colour) (telltale_events_open)', 'telltale_events_open{colour}'],
    ['telltale_events_open{device="a"}', 'telltale_events_open{device}'],
    [
      'telltale_end_to_end_lag_seconds > 1',
      'telltale_end_to_end_lag_seconds without _bucket, _sum or _count',
    ],
  ])('finds what is wrong in %s', (expr, wrong) => {
    expect(wrongIn(expr)).toEqual([wrong])
  })
})

describe('files for operation', () => {
  it('name metrics and labels that there are: dashboard', () => {
    const { panels } = JSON.parse(read('grafana.json')) as {
      panels: { title: string; targets: { expr: string }[] }[]
    }
    const exprs = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
    expect(exprs.length).toBeGreaterThan(12)
    for (const expr of exprs) expect(metricsOf(expr)).not.toEqual([])
    expect(exprs.flatMap(wrongIn)).toEqual([])
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length)
  })

  it('name metrics and labels that there are: alert rules', () => {
    const { groups } = parse(read('alerts.yaml'))
    const rules: { alert: string; expr: string; for: string; annotations: { summary: string } }[] =
      groups[0].rules
    expect(rules.flatMap(({ expr }) => wrongIn(expr))).toEqual([])
    for (const { alert, expr, annotations } of rules) {
      expect(expr, alert).toMatch(/\b(telltale_\w+|nodejs_\w+|up)\b/)
      const labels = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label)
      const known = metricsOf(expr).flatMap(({ name, labels }) => [
        ...labels,
        ...(METRICS[name as MetricName]?.labels ?? []),
      ])
      for (const label of labels) expect(known, alert).toContain(label)
    }
    expect(parse(read('prometheus.yaml')).rule_files).toEqual(['alerts.yaml'])
    expect(ROUTES.map(({ path }) => path)).toContain(
      parse(read('prometheus.yaml')).scrape_configs[0].metrics_path,
    )
  })

  it('start the server with options that it has', () => {
    const unit = /^ExecStart=(.*)$/m.exec(read('telltale.service'))?.[1] ?? ''
    const command = JSON.parse(/^CMD (\[.*\])$/m.exec(read('Containerfile'))?.[1] ?? '[]') as string[]
    for (const text of [unit, command.join(' '), container().args.join(' ')]) {
      expect(text).toMatch(/(^|\s)serve\s/)
      expect(optionsOf(text).length).toBeGreaterThan(1)
      for (const option of optionsOf(text)) expect(options).toContain(option)
    }
  })

  it('ask for health at paths that need no key, on the port that is served', () => {
    const { startupProbe, livenessProbe, readinessProbe, ports, args } = container()
    for (const { httpGet } of [startupProbe, livenessProbe, readinessProbe]) {
      expect(publicPaths).toContain(httpGet.path)
      expect(httpGet.port).toBe(ports[0].name)
    }
    expect(args).toContain(`--port=${ports[0].containerPort}`)
    const [, path] = /8080(\/\w+)'\)/.exec(read('Containerfile')) ?? []
    expect(publicPaths).toContain(path)
  })

  it('run without root on a read-only root, and write only into volumes', () => {
    const { spec } = objects().find(({ kind }) => kind === 'Deployment')
    const { securityContext, volumeMounts, args } = container()
    expect(spec.template.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 })
    expect(securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false })
    expect({ replicas: spec.replicas, type: spec.strategy.type }).toEqual({ replicas: 1, type: 'Recreate' })
    const mounted: string[] = volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath)
    for (const option of ['--models=', '--data=']) {
      const folder = args.find((one: string) => one.startsWith(option)).slice(option.length)
      expect(mounted.some(path => folder === path || folder.startsWith(`${path}/`))).toBe(true)
    }
    const claims = spec.template.spec.volumes.flatMap(
      (one: { persistentVolumeClaim?: { claimName: string } }) =>
        one.persistentVolumeClaim ? [one.persistentVolumeClaim.claimName] : [],
    )
    const made = objects().filter(({ kind }) => kind === 'PersistentVolumeClaim')
    expect(made.map(({ metadata }) => metadata.name)).toEqual(claims)
    expect(read('Containerfile')).toMatch(/^USER 1000:1000$/m)
  })

  const promtool = process.env.PROMTOOL ?? 'promtool'
  const hasPromtool = spawnSync(promtool, ['--version']).status === 0
  it.skipIf(!hasPromtool)('are rules and a configuration that promtool accepts', () => {
    for (const check of [
      ['rules', 'alerts.yaml'],
      ['config', '--syntax-only', 'prometheus.yaml'],
    ]) {
      const { status, stdout, stderr } = spawnSync(promtool, ['check', ...check], {
        cwd: FOLDER,
        encoding: 'utf8',
      })
      expect(status, stdout + stderr).toBe(0)
    }
  })

  const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0
  it.skipIf(!hasSystemd)('are a unit that systemd accepts', () => {
    const folder = mkdtempSync(join(tmpdir(), 'telltale-unit-'))
    try {
      const file = join(folder, 'telltale.service')
      writeFileSync(file, read('telltale.service').replace('/usr/bin/telltale', process.execPath))
      const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' })
      expect(stderr.split('\n').filter(line => line.includes('telltale.service'))).toEqual([])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
