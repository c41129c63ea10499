/** Events of a scored table at given intervals, as explanations take them. */
export function eventsAt(scored, all) {
  return all.map(({ start, end }, k) => {
    let peak = start
    for (let i = start; i < end; i++) if (scored.score[i] > (scored.score[peak] || 0)) peak = i
    const { timeMs } = scored.frame
    return {
      id: `segment${k}`,
      start,
      end,
      onset: start,
      peak,
      times: {
        startMs: timeMs[start],
        lastMs: timeMs[end - 1],
        onsetMs: timeMs[start],
        peakMs: timeMs[peak],
      },
      score: scored.score[peak],
      severity: 0,
      channels: [],
    }
  })
}

/** Numbers of channels by what `of` gives for each of them over a segment, largest first. */
function ranked({ channels }, of) {
  const values = channels.map((_, c) => of(c))
  return channels.map((_, c) => c).sort((a, b) => values[b] - values[a] || a - b)
}

/** Channels by mean squared error of scaled readings against what the detector expected; by the detector's own residuals where it expects nothing. */
export function bySquaredError(model, { frame, expected, residual }, { start, end }) {
  const width = frame.channels.length
  const one = { ...frame, timeMs: Float64Array.of(0, 1) }
  const ends = model.scaler.inverse({
    ...one,
    values: Float32Array.from({ length: 2 * width }, (_, at) => (at < width ? 0 : 1)),
  }).values
  return ranked(frame, c => {
    const scale = ends[width + c] - ends[c]
    let [sum, count, raw] = [0, 0, 0]
    for (let i = start; i < end; i++) {
      const error = (frame.values[i * width + c] - (expected?.[i * width + c] ?? Number.NaN)) / scale
      if (Number.isFinite(error)) {
        sum += error * error
        count++
      }
      if (Number.isFinite(residual[i * width + c])) raw += residual[i * width + c]
    }
    return count > 0 ? sum / count : raw
  })
}

/** Channels by their largest distance from the mean of the history, in its standard deviations. */
export function byLargestZ(history, { frame }, { start, end }) {
  const width = frame.channels.length
  return ranked(frame, c => {
    let [n, sum, square] = [0, 0, 0]
    for (let at = c; at < history.values.length; at += width) {
      n++
      sum += history.values[at]
      square += history.values[at] ** 2
    }
    const deviation = Math.sqrt(Math.max(square / n - (sum / n) ** 2, 1e-12))
    let largest = 0
    for (let i = start; i < end; i++)
      largest = Math.max(largest, Math.abs(frame.values[i * width + c] - sum / n) / deviation)
    return largest
  })
}

/** Share of the true channels among the first `share * count` of a ranking: HitRate@100 % for 1, @150 % for 1.5. */
export function hitRate(order, wanted, share) {
  const first = order.slice(0, Math.floor(share * wanted.length))
  return wanted.filter(c => first.includes(c)).length / wanted.length
}
