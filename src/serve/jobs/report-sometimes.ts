const REPORT_MS = 200

/** Passes what it gets on at most five times a second. */
export function reportSometimes<Progress>(
  report: (progress: Progress) => void,
): (progress: Progress) => void {
  let reportedMs = 0
  return progress => {
    if (Date.now() - reportedMs < REPORT_MS) return
    reportedMs = Date.now()
    report(progress)
  }
}
