// Opsgenie's alerts: one for all, or one for each of those who are to answer.
import { parseId } from "#lib/ids.ts";
import type { JsonObject } from "#lib/json.ts";
import { chosen, listed, needed, optional, pairsIn } from "./block-data.ts";
import { cutOff, type Notifier } from "./notifier.ts";
import { postJson } from "./post.ts";

const ADDRESS = { us: "https://api.opsgenie.com/v2/alerts", eu: "https://api.eu.opsgenie.com/v2/alerts" } as const;
const MOST_MESSAGE = 130;
const MOST_DESCRIPTION = 15_000;
const BATCH = 50;
/** As the block of the old system has it, 1 is the lowest word; on the wire they keep their number. */
const WORDS: Record<string, number> = { l: 1, m: 2, n: 3, h: 4, e: 5 };

export const sendToOpsgenie: Notifier = async (block, { subject, body }, outside) => {
  const tags = listed(block, "tags");
  const alias = optional(block, "alias");
  const entity = optional(block, "entity");
  const kind = chosen(block, "notify_type", ["prefect_default", "info", "success", "warning", "failure"]);
  const alert = {
    source: "orch",
    message: cutOff(subject || body, MOST_MESSAGE),
    description: cutOff(body, MOST_DESCRIPTION),
    details: { type: kind, ...pairsIn(block, "details") },
    priority: `P${priorityOf(optional(block, "priority"))}`,
    ...(tags.length === 0 ? {} : { tags }),
    ...(entity === undefined ? {} : { entity }),
    ...(alias === undefined ? {} : { alias }),
  };
  const authorization = `GenieKey ${needed(block, "apikey")}`;
  const address = ADDRESS[chosen(block, "region_name", ["us", "eu"])];
  for (const responders of groupsOf(respondersOf(block), block["batch"] === true ? BATCH : 1)) {
    const called = responders.length === 0 ? {} : { responders };
    await postJson(outside, address, { ...alert, ...called }, { authorization });
  }
};

function priorityOf(given = "3"): number {
  const word = given.toLowerCase().replace(/^p(?=\d)/, "");
  const number = WORDS[word.charAt(0)] ?? Number(word.charAt(0));
  return number >= 1 && number <= 5 ? number : 3;
}

function respondersOf(block: JsonObject): Record<string, string>[] {
  const kinds = [
    ["target_user", "user", "username"],
    ["target_team", "team", "name"],
    ["target_schedule", "schedule", "name"],
    ["target_escalation", "escalation", "name"],
  ] as const;
  return kinds.flatMap(([field, type, named]) =>
    listed(block, field).map((target) => ({ type, [parseId(target) === null ? named : "id"]: target })),
  );
}

/** One empty group when no responder is set: the integration knows whom to call. */
function groupsOf<T>(items: readonly T[], size: number): T[][] {
  const count = Math.max(1, Math.ceil(items.length / size));
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
