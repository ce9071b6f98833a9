import { flow, getRunLogger } from "orch";
import Tinypool from "tinypool";

/** One pool of threads and one of processes. */
export const example = flow(async function example(n: number = 6) {
  const answers: string[] = [];
  for (const runtime of ["worker_threads", "child_process"] as const) {
    const filename = new URL("./tinypool-worker.ts", import.meta.url).href;
    const pool = new Tinypool({ runtime, filename, minThreads: 1, maxThreads: 1 });
    answers.push(`${runtime} ${await pool.run(n)}`);
    await pool.destroy();
  }
  getRunLogger().info(answers.join(", "));
});
