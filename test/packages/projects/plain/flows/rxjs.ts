import { flow, getRunLogger, task } from "orch";
import { from, lastValueFrom, mergeMap, scan, timer, toArray } from "rxjs";

const double = task(async function double(n: number) {
  return n * 2;
});

export const example = flow(async function example(numbers: number[] = [1, 2, 3, 4]) {
  const sums = from(numbers).pipe(
    mergeMap((n) => double(n), 2),
    scan((sum, n) => sum + n, 0),
    toArray(),
  );
  await lastValueFrom(timer(1));
  getRunLogger().info(`sum ${(await lastValueFrom(sums)).at(-1)}`);
});
