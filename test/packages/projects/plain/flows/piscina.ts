import { flow, getRunLogger } from "orch";
import { Piscina } from "piscina";

export const example = flow(async function example(numbers: number[] = [10, 15, 20]) {
  const pool = new Piscina({ filename: new URL("./piscina-worker.ts", import.meta.url).href, maxThreads: 2 });
  const results: number[] = await Promise.all(numbers.map((n) => pool.run(n)));
  getRunLogger().info(`fibonacci ${results.join(" ")}`);
  await pool.destroy();
});
