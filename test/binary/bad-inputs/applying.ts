// Bad inputs: applying deployment files.
import type { BadInput } from "./table.ts";

export const applying: readonly BadInput[] = [
  ["no file", ["deployment", "apply"], 2, "Missing argument 'PATHS'. Try 'orch deployment apply --help'."],
  ["a file that is not there", ["deployment", "apply", "none.yaml"], 1, "There is no file 'none.yaml'."],
  ["a folder", ["deployment", "apply", "flows"], 1, "'flows' is a folder, not a deployment file."],
  [
    "an empty file",
    ["deployment", "apply", "empty.yaml"],
    1,
    "'empty.yaml' is not a deployment file: it is no mapping.",
  ],
  [
    "broken YAML",
    ["deployment", "apply", "broken.yaml"],
    1,
    "'broken.yaml' is not valid YAML, line 3, column 1: Flow sequence in block collection must be sufficiently indented and end with a ].",
  ],
  ["a list", ["deployment", "apply", "list.yaml"], 1, "'list.yaml' is not a deployment file: it is no mapping."],
  [
    "a key too many",
    ["deployment", "apply", "unknown-key.yaml"],
    1,
    "'unknown-key.yaml' did not conform to deployment spec: extra fields not permitted: bogus",
  ],
  [
    "no name",
    ["deployment", "apply", "no-name.yaml"],
    1,
    "'no-name.yaml' did not conform to deployment spec: 'name' is missing",
  ],
  [
    "no flow",
    ["deployment", "apply", "no-flow.yaml"],
    1,
    "'no-flow.yaml' did not conform to deployment spec: 'flow_name' is missing",
  ],
  [
    "no infrastructure",
    ["deployment", "apply", "no-infrastructure.yaml"],
    1,
    "'no-infrastructure.yaml' did not conform to deployment spec: 'infrastructure' is missing",
  ],
  [
    "tags that are no list",
    ["deployment", "apply", "bad-tags.yaml"],
    1,
    "'bad-tags.yaml' did not conform to deployment spec: 'tags' must be a list of texts",
  ],
  [
    "a schedule that is none",
    ["deployment", "apply", "bad-schedule.yaml"],
    1,
    "'bad-schedule.yaml' did not conform to deployment spec: 'schedule' must have one of 'cron', 'interval' and 'rrule'.",
  ],
  [
    "a cron that is none",
    ["deployment", "apply", "bad-cron.yaml"],
    1,
    "'bad-cron.yaml' did not conform to deployment spec: Invalid cron string: \"61 * * * *\": '61' is no minute (0 to 59).",
  ],
  [
    "a saved block that is not there",
    ["deployment", "apply", "bad-block.yaml"],
    1,
    "Unable to find block document named none for block type s3. 'orch block ls' lists those that are saved.",
  ],
  [
    "infrastructure of an unknown type",
    ["deployment", "apply", "bad-type.yaml"],
    1,
    "There is no block type 'ecs'. 'orch block type ls' lists what is there.",
  ],
  [
    "a pool that is not there",
    ["deployment", "apply", "bad-pool.yaml"],
    1,
    "Work pool 'none' not found! Make it with 'orch work-pool create none'.",
  ],
  [
    "a name with a slash",
    ["deployment", "apply", "bad-name.yaml"],
    1,
    "'bad-name.yaml' did not conform to deployment spec: The name 'a/b' has a '/': names of deployments have none of / % & > <.",
  ],
  [
    "a key given twice",
    ["deployment", "apply", "twice.yaml"],
    1,
    "'twice.yaml' is not valid YAML, line 4, column 1: Map keys must be unique.",
  ],
  [
    "a schedule with a key too many",
    ["deployment", "apply", "bad-schedule-key.yaml"],
    1,
    "'bad-schedule-key.yaml' did not conform to deployment spec: 'schedule' has no 'zone': by cron it has cron, timezone, day_or.",
  ],
  [
    "a schedule of the wrong type",
    ["deployment", "apply", "bad-schedule-type.yaml"],
    1,
    "'bad-schedule-type.yaml' did not conform to deployment spec: 'schedule.interval' must be a number of seconds, or a length of time such as 30m, 1h or 1d; not 'hourly'",
  ],
  [
    "a limit that is none",
    ["deployment", "apply", "good.yaml", "-l", "1.5"],
    1,
    "--limit must be a whole number of at least 0, not '1.5'.",
  ],
  [
    "a good file after a bad one",
    ["deployment", "apply", "broken.yaml", "good.yaml"],
    1,
    "'broken.yaml' is not valid YAML, line 3, column 1: Flow sequence in block collection must be sufficiently indented and end with a ].",
  ],
];
