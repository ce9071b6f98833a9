import { flow as compose, pipe } from "fp-ts/lib/function.js";
import * as O from "fp-ts/lib/Option.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { flow, getRunLogger, task } from "orch";

const half = task(async function half(n: number) {
  if (n % 2 !== 0) throw new Error(`${n} is odd`);
  return n / 2;
});

export const example = flow(async function example(n: number = 20) {
  const quarter = compose(
    (value: number) => TE.tryCatch(() => half(value), String),
    TE.chain((value) => TE.tryCatch(() => half(value), String)),
    TE.match(
      (error) => error,
      (value) => `quarter ${value}`,
    ),
  );
  const first = pipe(
    O.fromNullable([n][0]),
    O.getOrElse(() => 0),
  );
  const answers = [await quarter(first)(), await quarter(first + 2)()];
  getRunLogger().info(answers.join("; "));
  return answers; // without a result, a failed task would fail the flow
});
