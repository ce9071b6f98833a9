// `orch variable ls`.

import { systemClock } from "#lib/clock.ts";
import { relativeTime } from "#lib/text/words-of-time.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import { listVariables } from "#wire/variables.ts";
import { withApi } from "../api.ts";
import { command, LIST_OPTIONS } from "../kit/command.ts";
import { allPages } from "../kit/pages.ts";
import { wholeNumber } from "../options/numbers.ts";
import { json } from "../terminal/layout.ts";
import { table } from "../terminal/output.ts";

const USUAL_LIMIT = 100;
/** Values can have 5,000 letters. */
const SHOWN = 50;

export const ls = command({
  description: "List variables by name.",
  examples: ["orch variable ls", "orch variable ls --json"],
  options: {
    limit: { type: "string", description: `How many. Default: ${USUAL_LIMIT}.` },
    ...LIST_OPTIONS,
  },
  async run({ options, io, loaded }) {
    const limit = wholeNumber("--limit", options.limit, 1) ?? USUAL_LIMIT;
    const variables = await withApi(loaded.settings, ({ client }) =>
      allPages((page) => client.call(listVariables, { body: page }), limit),
    );
    if (options.json) return io.out(json(variables));
    if (variables.length === 0) return io.out("There are no variables yet. 'orch variable set NAME VALUE' makes one.");
    const now = systemClock.now();
    const rows = variables.map(({ name, value, created, updated }) => [
      ...[name, value.length > SHOWN && !options.wide ? `${value.slice(0, SHOWN - 1)}…` : value],
      ...[relativeTime(toMillis(created), now), relativeTime(toMillis(updated), now)],
    ]);
    io.out(table("Variables", ["Name", "Value", "Created", "Updated"], rows, io.columns));
  },
});
