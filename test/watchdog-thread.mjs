import { appendFileSync, writeSync } from 'node:fs'
import { Session } from 'node:inspector'
import { workerData } from 'node:worker_threads'

const STACK_MS = 5000
const { file, minutes } = workerData
const report = process.env.TEST_REPORT_FILE

// Written by this thread itself: the blocked one cannot pass it on.
function say(text) {
  writeSync(2, `${text}\n`)
  if (report) appendFileSync(`${report}.hung`, `${text}\n`)
}

const end = () => process.kill(process.pid, 'SIGKILL')

setTimeout(() => {
  say(`FAILED ${file}: still running after ${minutes} minutes`)
  setTimeout(() => {
    say('  no stack: it waits outside of JavaScript, for a child process or a lock')
    end()
  }, STACK_MS)
  const scripts = new Map()
  const session = new Session()
  session.connectToMainThread()
  session.on('Debugger.scriptParsed', ({ params }) => scripts.set(params.scriptId, params.url))
  session.on('Debugger.paused', ({ params }) => {
    for (const { functionName, location } of params.callFrames.slice(0, 30))
      say(
        `  at ${functionName || '(anonymous)'} (${scripts.get(location.scriptId)}:${location.lineNumber + 1})`,
      )
    end()
  })
  session.post('Debugger.enable')
  session.post('Debugger.pause')
}, minutes * 60_000)
