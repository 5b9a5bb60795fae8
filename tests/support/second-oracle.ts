import type { DemoResult } from '#oltp/demo/result.js'
import type { Stage } from '#oltp/demo/stage.js'
import type { DemoPlot } from '#oltp/scenario/demo/model.js'

type Step = DemoResult['steps'][number]

/** A committed transaction as the transcript has it: the texts that were sent, and what they answered. */
interface Committed {
  readonly session: string
  /** Null: one statement by itself. */
  readonly begin: string | null
  readonly statements: readonly Step[]
}

/**
 * Whether some serial order of what was committed answers and leaves the same, found in another way than the program does: from the
 * transcript alone, by sending the very texts that were sent. Whatever a session computes comes from what it read, so that an order that
 * answers the same would have sent the same.
 *
 * @param contents what the concurrent run left, as `Stage.contents` says it
 */
export async function someSerialOrderFits(stage: Stage, plot: DemoPlot, result: DemoResult, contents: string): Promise<boolean> {
  const committed = Object.keys(result.commits).flatMap(session => committedOf(session, result.steps))
  for (const order of orders(committed)) if (await fits(stage, plot, result, order, contents)) return true
  return false
}

function committedOf(session: string, steps: readonly Step[]): Committed[] {
  const found: Committed[] = []
  let open: { begin: string; statements: Step[] } | null = null
  for (const step of steps.filter(one => one.session === session && one.sql !== '')) {
    if (/^(BEGIN|START TRANSACTION)/i.test(step.sql)) open = { begin: step.sql, statements: [] }
    else if (/^(COMMIT|ROLLBACK)\b(?! TO)/i.test(step.sql)) {
      const kept = /^COMMIT/i.test(step.sql) && step.status === 'done' && step.answer?.tag !== 'ROLLBACK'
      if (open !== null && kept) found.push({ session, ...open })
      open = null
    } else if (step.status !== 'done') continue
    else if (open !== null) open.statements.push(step)
    else found.push({ session, begin: null, statements: [step] })
  }
  return found
}

/** Every order in which the transactions of one session stay in theirs. */
function orders(left: readonly Committed[]): (readonly Committed[])[] {
  if (left.length === 0) return [[]]
  const firsts = left.filter((one, at) => !left.slice(0, at).some(other => other.session === one.session))
  return firsts.flatMap(first => orders(left.filter(other => other !== first)).map(rest => [first, ...rest]))
}

async function fits(
  stage: Stage,
  plot: DemoPlot,
  { isolation }: DemoResult,
  order: readonly Committed[],
  contents: string,
): Promise<boolean> {
  await stage.reset(plot)
  for (const { session, begin, statements } of order) {
    const dialogue = await stage.enter(plot, session, isolation)
    try {
      if (begin !== null) await dialogue.tell(begin)
      for (const { sql, answer } of statements) {
        const again = await dialogue.tell(sql)
        if (said(again) !== said(answer)) return false
      }
      if (begin !== null) await dialogue.tell('COMMIT')
    } finally {
      await dialogue.end()
    }
  }
  return (await stage.contents()) === contents
}

function said(answer: Pick<NonNullable<Step['answer']>, 'rows' | 'affected'> | null): string {
  return JSON.stringify([answer?.affected, (answer?.rows ?? []).map(row => JSON.stringify(row)).sort()])
}
