import { flow, getRunLogger, task } from "orch";
import pLimit from "p-limit";
import PQueue from "p-queue";

const square = task(async function square(n: number) {
  return n * n;
});

export const example = flow(async function example(numbers: number[] = [1, 2, 3]) {
  const limit = pLimit(2);
  const squares = await Promise.all(numbers.map((n) => limit(() => square(n))));
  const queue = new PQueue({ concurrency: 1 });
  const order: number[] = [];
  for (const [i, n] of numbers.entries()) queue.add(() => order.push(n), { priority: i });
  await queue.onIdle();
  getRunLogger().info(`${squares.join(" ")}, ${order.join(" ")}`);
});
