/** For commands that wait for a server: a person is told what they wait for. */

/** Nobody wonders before; and after that, not more often. */
const FIRST_SECONDS = 3;
const EVERY_SECONDS = 10;

/** Does the work; while it goes on, says on `err` that, and for how long, it has been waiting for `whom`. */
export async function waitingFor<Result>(
  whom: string,
  work: () => Promise<Result>,
  err: NodeJS.WritableStream = process.stderr,
): Promise<Result> {
  let seconds = FIRST_SECONDS;
  const say = (): void => {
    err.write(`millrace: waiting for ${whom} (${seconds} s)\n`);
    seconds += EVERY_SECONDS;
    timer = setTimeout(say, EVERY_SECONDS * 1000);
  };
  let timer = setTimeout(say, FIRST_SECONDS * 1000);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}
