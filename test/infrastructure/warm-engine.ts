// Stands in for the engine of a run: asks the agent for a fork at once, and says why there is none. Exits 5 then.
import { dirname } from "node:path";
import { startedWarm } from "#engine/flow/warm-python.ts";

const { ORCH__HAND_OVER: _, ORCH__AGENT_PID: __, ...environment } = process.env as Record<string, string>;
environment["SOCKET"] = dirname(process.env["ORCH__HAND_OVER"]?.split("@")[1] ?? "");
const isAsking = environment["STUB_PYTHON"] !== "none";
const order = { interpreter: environment["STUB_PYTHON"] ?? "python3", words: ["-m", "prefect.engine"] };
const code = environment["STUB_ENGINE_CODE"];
const end = process.reallyExit.bind(process);
if (code) process.reallyExit = () => end(Number(code)); // as if it were killed when it has the answer
const signal = new AbortController().signal;
const asked = isAsking ? { ...order, environment, folder: process.cwd() } : null;
const why = await startedWarm(process.env, { order: asked, signal });
console.log(`cold: ${why}`);
process.exit(5);
