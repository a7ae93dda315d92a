/** Running several page sources side by side. */

/** A page, and further sources of pages that were found on the way. */
export interface Yield<Page, Task> {
  readonly page: Page;
  readonly further: Iterable<Task>;
}

export interface FanOut<Page, Task> {
  readonly tasks: Iterable<Task>;
  /** Each task's pages; aborted when the reader stops or another task fails. */
  readonly run: (task: Task, signal: AbortSignal) => AsyncGenerator<Yield<Page, Task>>;
  readonly atOnce: number;
}

type Source<Page, Task> = AsyncGenerator<Yield<Page, Task>>;
interface Arrived<Page, Task> {
  readonly source: Source<Page, Task>;
  readonly result: IteratorResult<Yield<Page, Task>>;
}

/**
 * The pages of all tasks, as they arrive. A source is asked for its next page only after the reader has taken
 * the one before, so that at most `atOnce` pages wait. The first failure ends all others and is thrown.
 */
export async function* fanOut<Page, Task>(
  work: FanOut<Page, Task>,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  const running = new Map<Source<Page, Task>, Promise<Arrived<Page, Task>>>();
  // The latest found first: what a level leads to is read before the next part of that level.
  const waiting: Iterator<Task>[] = [work.tasks[Symbol.iterator]()];

  const ask = (source: Source<Page, Task>): void => {
    running.set(
      source,
      source.next().then((result) => ({ source, result })),
    );
  };
  try {
    for (;;) {
      while (running.size < work.atOnce) {
        const task = takeTask(waiting);
        if (task === undefined) break;
        ask(work.run(task.value, until));
      }
      if (running.size === 0) return;
      const { source, result } = await Promise.race(running.values());
      running.delete(source);
      if (result.done === true) continue;
      waiting.push(result.value.further[Symbol.iterator]());
      yield result.value.page;
      ask(source);
    }
  } finally {
    ended.abort();
    // Their pages, and failures that are but the consequence of the end, have no reader any more.
    await Promise.allSettled(running.values());
  }
}

/** The next task of the iterator added last; exhausted iterators are dropped. */
function takeTask<Task>(waiting: Iterator<Task>[]): { value: Task } | undefined {
  for (let latest = waiting.at(-1); latest !== undefined; latest = waiting.at(-1)) {
    const next = latest.next();
    if (next.done !== true) return { value: next.value };
    waiting.pop();
  }
  return undefined;
}
