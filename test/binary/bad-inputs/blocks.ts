// Bad inputs: blocks and what is kept.
import type { BadInput } from "./table.ts";

const TOO_LONG = "x".repeat(5001);

export const blocks: readonly BadInput[] = [
  [
    "inspect of a block that is not there",
    ["block", "inspect", "secret/none"],
    1,
    "Block 'secret/none' not found! 'orch block ls' lists what is there.",
  ],
  ["inspect of no block", ["block", "inspect"], 1, "Must provide a block slug or id"],
  [
    "inspect of a block without a type",
    ["block", "inspect", "none"],
    1,
    "'none' names no block: give it as block-type/block-name.",
  ],
  [
    "delete of a block that is not there",
    ["block", "delete", "secret/none", "-y"],
    1,
    "Block 'secret/none' not found! 'orch block ls' lists what is there.",
  ],
  ["create of an unknown type", ["block", "create", "nope"], 1, "Block type 'nope' not found!"],
  [
    "register of nothing",
    ["block", "register"],
    1,
    "Please specify either a module or a file containing blocks to be registered, but not both.",
  ],
  ["register of a file that is not there", ["block", "register", "-f", "none.ts"], 1, "There is no file 'none.ts'."],
  ["inspect of a type that is not there", ["block", "type", "inspect", "nope"], 1, "Block type 'nope' not found!"],
  [
    "delete of a type that is protected",
    ["block", "type", "delete", "secret", "-y"],
    1,
    "Block Type 'secret' is a protected block!",
  ],
  [
    "a variable that is not there",
    ["variable", "inspect", "none"],
    1,
    "Variable 'none' not found. 'orch variable ls' lists what is there.",
  ],
  [
    "a variable of a bad name",
    ["variable", "set", "My-Limit", "5"],
    1,
    "'My-Limit' is no name for a variable: it has lower-case letters, digits and underscores.",
  ],
  [
    "a variable that is too long",
    ["variable", "set", "a", TOO_LONG],
    1,
    `The value has ${TOO_LONG.length} characters: values of variables have at most 5000.`,
  ],
  [
    "a variable without a value",
    ["variable", "set", "a"],
    2,
    "Missing argument 'VALUE'. Try 'orch variable set --help'.",
  ],
  [
    "delete of a variable that is not there",
    ["variable", "delete", "none", "-y"],
    1,
    "Variable 'none' not found. 'orch variable ls' lists what is there.",
  ],
  [
    "an artifact that is not there",
    ["artifact", "inspect", "none"],
    1,
    "Artifact 'none' not found. 'orch artifact ls' lists what is there.",
  ],
  [
    "delete of an artifact by key and id",
    ["artifact", "delete", "a", "--id", "01234567-89ab-cdef-0123-456789abcdef", "-y"],
    1,
    "Please provide either a key or an artifact_id but not both.",
  ],
  ["delete of no artifact", ["artifact", "delete"], 1, "Please provide a key or an artifact_id."],
  [
    "a limit of a tag in words",
    ["concurrency-limit", "create", "t", "many"],
    1,
    "LIMIT must be a whole number of at least 0, not 'many'.",
  ],
  [
    "delete of a limit that is not there",
    ["concurrency-limit", "delete", "none", "-y"],
    1,
    "No concurrency limit found for the tag: none",
  ],
];
