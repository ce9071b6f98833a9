// `orch work-pool pause` and `resume`: a paused pool gives no work to agents, whatever its queues say.
import { command } from "../kit/command.ts";
import { CHANGE_OPTIONS, changeWorkPool } from "./change.ts";

export const pause = command({
  description: "Pause a work pool: agents get no runs from any of its queues.",
  examples: ["orch work-pool pause my-pool"],
  options: CHANGE_OPTIONS,
  run: (call) => changeWorkPool(call, { is_paused: true }, `Paused work pool '${call.options.name}'`),
});

export const resume = command({
  description: "Resume a paused work pool.",
  examples: ["orch work-pool resume my-pool"],
  options: CHANGE_OPTIONS,
  run: (call) => changeWorkPool(call, { is_paused: false }, `Resumed work pool '${call.options.name}'`),
});
