/** How much longer than a statement may take we wait before we take the connection for dead. */
export const graceMs = 5_000
/** How much longer we wait where the server is to end the statement itself. */
const serverGraceMs = 1_000

/** A time limit that runs. */
export interface TimeLimit {
  /** Ends it when the call is over; a promise when a cancel was sent, of the moment from which it can no longer arrive. */
  lift(): Promise<void> | null
}

export function limitTime(ms: number, giveUp: () => void): TimeLimit {
  const timer = setTimeout(giveUp, ms)
  return {
    lift() {
      clearTimeout(timer)
      return null
    },
  }
}

/** Cancels a statement that has had its time, unless the server does, and gives the connection up if that does not help. */
export function limitCancellable(
  ms: number,
  does: { readonly byServer: () => boolean; readonly cancel: () => Promise<void>; readonly giveUp: () => void },
): TimeLimit {
  let cancelled: Promise<void> | null = null
  const cancel = () => {
    cancelled = does.cancel().catch(does.giveUp)
    timer = setTimeout(does.giveUp, graceMs)
  }
  let timer = setTimeout(() => {
    if (does.byServer()) timer = setTimeout(cancel, serverGraceMs)
    else cancel()
  }, ms)
  return {
    lift() {
      clearTimeout(timer)
      return cancelled
    },
  }
}
