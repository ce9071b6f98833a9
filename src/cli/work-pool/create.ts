// `orch work-pool create`.
import { baseJobTemplateOf, USUAL_TYPE } from "#domain/work-pool-types.ts";
import { createWorkPool } from "#wire/pools/work-pools.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { orchErrorIf } from "../kit/missing.ts";
import { checkNewName } from "../options/new-name.ts";
import { json } from "../terminal/layout.ts";

export const create = command({
  description: "Create a work pool, with its queue 'default'.",
  examples: ["orch work-pool create my-pool", "orch work-pool create my-pool --paused"],
  options: {
    name: { type: "positional", required: true, description: "The pool's name." },
    paused: { type: "boolean", description: "Create it paused." },
    type: {
      type: "string",
      alias: "t",
      default: USUAL_TYPE,
      description: `What takes its runs: ${USUAL_TYPE} (the default), process, docker or kubernetes.`,
    },
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const { name, paused: is_paused, type = USUAL_TYPE } = options;
    checkNewName("a work pool", name);
    const body = { name, type, is_paused, base_job_template: baseJobTemplateOf(type) };
    const pool = await withApi(loaded.settings, ({ client }) =>
      client
        .call(createWorkPool, { body })
        .catch(orchErrorIf("conflict", () => `Work pool ${name} already exists. Please choose a different name.`)),
    );
    io.out(options.json ? json(pool) : io.paint.good(`Created work pool '${pool.name}'.`));
  },
});
