// `orch work-queue pause` and `resume`: a paused queue gives no work to agents.
import { command } from "../kit/command.ts";
import { CHANGE_OPTIONS, changeWorkQueue } from "./change.ts";

export const pause = command({
  description: "Pause a work queue: agents get no runs from it.",
  examples: ["orch work-queue pause test"],
  options: CHANGE_OPTIONS,
  run: (call) => changeWorkQueue(call, { is_paused: true }, `Work queue '${call.options.name}'POOL paused`),
});

export const resume = command({
  description: "Resume a paused work queue.",
  examples: ["orch work-queue resume test"],
  options: CHANGE_OPTIONS,
  run: (call) => changeWorkQueue(call, { is_paused: false }, `Work queue '${call.options.name}'POOL resumed`),
});
