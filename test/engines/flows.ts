// The flows that tests run in containers and pods: one that ends, two that wait, one that needs all memory.
export const FLOWS = `import { flow, getRunLogger, sleep } from "orch";
export const hello = flow(async function hello(name: string = "Ada") {
  getRunLogger().info("hello " + name + " from " + process.cwd());
  console.log("printed by hello");
  if (process.env.GREETING) getRunLogger().info("greeting " + process.env.GREETING);
});
export const long = flow(async function long() {
  getRunLogger().info("long has begun");
  await sleep(600);
});
export const short = flow(async function short() {
  getRunLogger().info("short has begun");
  await sleep(8);
});
export const hungry = flow(async function hungry() {
  const all: Uint8Array[] = [];
  for (;;) all.push(new Uint8Array(32 * 1024 * 1024).fill(1));
});
`;
