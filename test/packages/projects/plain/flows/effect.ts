import { Cause, Data, Effect, Exit, Schedule } from "effect";
import { flow, getRunLogger } from "orch";

class Busy extends Data.TaggedError("Busy")<{ readonly tries: number }> {}

export const example = flow(async function example(failures: number = 2) {
  let tries = 0;
  const program = Effect.gen(function* () {
    tries += 1;
    if (tries <= failures) return yield* new Busy({ tries });
    return yield* Effect.succeed(`done after ${tries}`);
  }).pipe(Effect.retry(Schedule.recurs(5)));
  const first = await Effect.runPromise(program);
  const exit = await Effect.runPromiseExit(Effect.fail(new Busy({ tries: 0 })));
  const why = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined;
  getRunLogger().info(`${first}, ${why instanceof Busy ? why._tag : "?"}`);
});
