/** Questions to all workers, and their answers. */
export class Requests<Answer> {
  private readonly workers: number
  private readonly open = new Map<number, { readonly answers: Map<number, Answer>; resolve(answers: readonly Answer[]): void }>()
  private readonly last = new Map<number, Answer>()
  private asked = 0
  private over = false

  constructor(workers: number) {
    this.workers = workers
  }

  /** Resolves when every worker has answered, or answers no more: then without it. @param tell asks them, by the question's number */
  ask(tell: (request: number) => void): Promise<readonly Answer[]> {
    if (this.over) return Promise.resolve([...this.last.values()])
    return new Promise(resolve => {
      const request = this.asked++
      this.open.set(request, { answers: new Map(this.last), resolve })
      tell(request)
      this.settle(request)
    })
  }

  answered(worker: number, request: number, answer: Answer): void {
    this.open.get(request)?.answers.set(worker, answer)
    this.settle(request)
  }

  /** It has ended, and this is its answer to whatever is asked from now on. */
  ended(worker: number, answer: Answer): void {
    this.last.set(worker, answer)
    for (const [request, { answers }] of this.open) {
      if (!answers.has(worker)) this.answered(worker, request, answer)
    }
  }

  /** Nobody answers any more. */
  close(): void {
    this.over = true
    for (const { answers, resolve } of this.open.values()) resolve([...answers.values()])
    this.open.clear()
  }

  private settle(request: number): void {
    const question = this.open.get(request)
    if (question === undefined || question.answers.size < this.workers) return
    this.open.delete(request)
    question.resolve([...question.answers.values()])
  }
}
