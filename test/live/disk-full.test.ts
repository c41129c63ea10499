import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scratchFolder } from '../cli/world.js'
import { idsOf, linesOf, liveFrame, PROGRAM, stream, toNdjson, trainSmall } from './program.js'

/** Runs a script that may mount a small disk of its own. */
const inOwnMounts = (script: string, ...args: string[]) =>
  spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-ec', script, 'sh', ...args], {
    encoding: 'utf8',
  })
const canMount =
  process.platform === 'linux' && inOwnMounts('mount -t tmpfs -o size=1m tmpfs /mnt').status === 0

// $1 = the disk, $2 = its size, $3 = where results go, $4 = Node.js, $5 = the program.
const SCRIPT = `
mount -t tmpfs -o size=$2 tmpfs "$1"
cd "$1"
args="stream --model $3/model --source $3/live.ndjson --no-follow --checkpoint-every 30ms --stats-every 1m --state state --events e.jsonl --scores s.jsonl"
code=0; "$4" "$5" $args || code=$?
echo "full $code"
mount -o remount,size=64m "$1"
code=0; "$4" "$5" $args || code=$?
echo "after $code"
cp e.jsonl s.jsonl "$3"
`

describe.skipIf(!canMount)('a full disk (skipped: this machine allows no mounts)', () => {
  it.each([200, 600, 1000])(
    'of %i kB stops the stream with an error; with more room it goes on, and each line is there once',
    {
      timeout: 180_000,
    },
    async kilobytes => {
      const folder = scratchFolder()
      await trainSmall(folder)
      writeFileSync(join(folder, 'live.ndjson'), `${toNdjson(liveFrame(10_000)).join('\n')}\n`)
      const wanted = ['--state', 'wanted', '--events', 'we.jsonl', '--scores', 'ws.jsonl']
      const whole = await stream(folder, ['--source', 'live.ndjson', '--no-follow', ...wanted]).ended
      expect(whole.code, whole.stderr).toBe(0)
      const disk = join(folder, 'disk')
      mkdirSync(disk)
      const { stdout, stderr } = inOwnMounts(SCRIPT, disk, `${kilobytes}k`, folder, process.execPath, PROGRAM)
      expect(stdout, stderr).toBe('full 1\nafter 0\n')
      expect(stderr).toMatch(/error \[file-unwritable\].*no space/)
      expect(linesOf(join(folder, 's.jsonl'))).toEqual(linesOf(join(folder, 'ws.jsonl')))
      expect(idsOf(join(folder, 'e.jsonl'))).toEqual(idsOf(join(folder, 'we.jsonl')))
    },
  )
})
