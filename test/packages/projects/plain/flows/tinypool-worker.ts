import { setTimeout } from "node:timers/promises";

export default async function seven(n: number): Promise<number> {
  await setTimeout(1);
  return n * 7;
}
