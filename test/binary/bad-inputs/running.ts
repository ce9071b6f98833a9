// Bad inputs: running deployments.
import type { BadInput } from "./table.ts";

export const running: readonly BadInput[] = [
  ["no name", ["deployment", "run"], 1, "Must provide a deployed flow's name or id"],
  [
    "a name and an id",
    ["deployment", "run", "say-hi/good", "--id", "01234567-89ab-cdef-0123-456789abcdef"],
    1,
    "Only provide a deployed flow's name or id",
  ],
  ["an id that is none", ["deployment", "run", "--id", "5"], 1, "'5' is not the id of a deployment."],
  [
    "an id that is not there",
    ["deployment", "run", "--id", "01234567-89ab-cdef-0123-456789abcdef"],
    1,
    "Deployment '01234567-89ab-cdef-0123-456789abcdef' not found! 'orch deployment ls' lists what is there.",
  ],
  [
    "a name that is not there",
    ["deployment", "run", "say-hi/none"],
    1,
    "Deployment 'say-hi/none' not found! Did you mean 'say-hi/good'?",
  ],
  [
    "a name without a slash",
    ["deployment", "run", "good"],
    1,
    "Invalid deployment name 'good'. Expected '<flow-name>/<deployment-name>'. Did you mean 'say-hi/good'?",
  ],
  [
    "a parameter that is not there",
    ["deployment", "run", "say-hi/good", "--param", "nme=Ada"],
    1,
    "The following parameters were specified but not found on the deployment: 'nme'. It accepts: 'name', 'num'.",
  ],
  [
    "a parameter without a value",
    ["deployment", "run", "say-hi/good", "--param", "name"],
    1,
    "'name' has no value: give --param as name=value.",
  ],
  [
    "a parameter that is given twice",
    ["deployment", "run", "say-hi/good", "--param", "name=Ada", "--param", "name=Bo"],
    1,
    "--param name is given twice: give it once.",
  ],
  [
    "parameters that are no JSON",
    ["deployment", "run", "say-hi/good", "--params", "nonsense"],
    1,
    'Failed to parse JSON: --params must be an object such as \'{"name": "Ada"}\'.',
  ],
  [
    "parameters that are a list",
    ["deployment", "run", "say-hi/good", "--params", '["Ada"]'],
    1,
    'Failed to parse JSON: --params must be an object such as \'{"name": "Ada"}\'.',
  ],
  [
    "parameters from an empty standard input",
    ["deployment", "run", "say-hi/good", "--params", "-"],
    1,
    "No data passed to stdin",
  ],
  [
    "a start in words that say nothing",
    ["deployment", "run", "say-hi/good", "--start-in", "X"],
    1,
    'Unable to parse scheduled start time \'in X\'. Words such as --start-in "10 minutes" and --start-at "tomorrow 5pm" do.',
  ],
  [
    "a start at a time that is none",
    ["deployment", "run", "say-hi/good", "--start-at", "25:99"],
    1,
    'Unable to parse scheduled start time \'at 25:99\'. Words such as --start-in "10 minutes" and --start-at "tomorrow 5pm" do.',
  ],
  [
    "an empty start",
    ["deployment", "run", "say-hi/good", "--start-at", ""],
    2,
    "Invalid value for '--start-at': it is empty. Try 'orch deployment run --help'.",
  ],
  [
    "both starts",
    ["deployment", "run", "say-hi/good", "--start-in", "1 hour", "--start-at", "5pm"],
    1,
    "Only one of `--start-in` or `--start-at` can be set, not both.",
  ],
];
