import type { FinalLists, History } from '#oltp/measure/history.js'
import { HistoryRecorder, OpenOperations } from '#oltp/measure/history-recorder.js'
import { createRandom } from '#oltp/scenario/random.js'
import { checkInWorker } from '#oltp/verify/history/in-worker.js'
import { median } from '../compare.js'
import type { Experiment } from '../context.js'
import { markdownTable, whole } from '../table.js'

const sizes = [25_000, 50_000, 100_000, 200_000]
const wanted = 100_000
const mostSeconds = 5
/** Twice the transactions may take at most so many times as long. */
const mostGrowth = 2.6

/** A history of 100,000 transactions must be checked in a few seconds, and twice as many in twice the time. */
export const history: Experiment = {
  name: 'history',
  async run(context) {
    const measured: { readonly size: number; readonly seconds: number; readonly row: readonly string[] }[] = []
    for (const size of sizes) {
      const times: number[] = []
      let row: readonly string[] = []
      for (let pair = 0; pair < context.pairs; pair++) {
        const { part, finals } = weakHistory(size)
        const begun = performance.now()
        const verdict = await checkInWorker({ parts: [part], finals, measured: [{ from: 0, to: Number.POSITIVE_INFINITY }] })
        times.push((performance.now() - begun) / 1000)
        const anomalies = verdict.anomalies.reduce((sum, { count }) => sum + count, 0)
        row = [whole(size), whole(verdict.operations), `${whole(anomalies)}${verdict.exact ? '' : ' at least'}`]
      }
      measured.push({ size, seconds: median(times), row })
      context.log(`${size}: ${times.map(time => time.toFixed(2)).join(' ')} s`)
    }
    const at = (size: number) => measured.find(one => one.size === size)?.seconds ?? Number.NaN
    const growth = at(2 * wanted) / at(wanted)
    return {
      markdown: markdownTable(
        ['transactions', 'operations', 'anomalies found', 'checked in'],
        measured.map(({ row, seconds }) => [...row, `${seconds.toFixed(2)} s`]),
      ),
      holds: at(wanted) <= mostSeconds && growth <= mostGrowth,
    }
  },
}

/**
 * As a database without any protection would leave it: of 1 to 4 operations on 8 active lists of about 60 elements, reads see what was
 * there when up to 8 transactions fewer had ended.
 */
function weakHistory(size: number): { readonly part: History; readonly finals: FinalLists } {
  const random = createRandom(1, 'history')
  const recorder = new HistoryRecorder(size)
  const open = new OpenOperations()
  const lists = new Map<number, { readonly element: number; readonly at: number }[]>()
  let element = 0
  for (let transaction = 0; transaction < size; transaction++) {
    const snapshot = transaction - random.integer(0, 8)
    const operations = random.integer(1, 4)
    for (let operation = 0; operation < operations; operation++) {
      const key = Math.floor(element / 480) * 8 + random.integer(0, 7)
      const list = lists.get(key) ?? []
      lists.set(key, list)
      if (random.next() < 0.5) {
        element++
        list.push({ element, at: transaction })
        recorder.append(open, String(key), element)
      } else {
        const seen = list.filter(({ at }) => at < snapshot || at === transaction)
        recorder.read(open, String(key), seen.map(one => one.element).join(','))
      }
    }
    recorder.ended(open, 0, 1 + random.integer(0, 7), transaction * 100)
  }
  const elements = [...lists.values()].map(list => list.map(one => one.element))
  const firstElement = new Int32Array(elements.length + 1)
  elements.forEach((list, index) => {
    firstElement[index + 1] = (firstElement[index] as number) + list.length
  })
  return {
    part: recorder.history(),
    finals: { keys: [...lists.keys()].map(String), firstElement, elements: Int32Array.from(elements.flat()) },
  }
}
