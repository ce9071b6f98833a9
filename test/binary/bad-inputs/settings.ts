// Bad inputs: settings and words.
import type { BadInput } from "./table.ts";

export const settings: readonly BadInput[] = [
  ["a command that is not there", ["deploy"], 2, "No such command: 'deploy'. Try 'orch --help'."],
  [
    "a typo in a command",
    ["deployment", "bild"],
    2,
    "No such command of 'orch deployment': 'bild'. Did you mean 'build'? Try 'orch deployment --help'.",
  ],
  ["an empty command", [""], 2, "No such command: ''. Try 'orch --help'."],
  ["a name of every object", ["constructor"], 2, "No such command: 'constructor'. Try 'orch --help'."],
  [
    "a setting without a value",
    ["config", "set", "ORCH_API_URL"],
    1,
    "Failed to parse argument 'ORCH_API_URL'. Use the format 'VAR=VAL'.",
  ],
  [
    "a setting that is not there",
    ["config", "set", "ORCH_API_URLL=x"],
    1,
    "Unknown setting name 'ORCH_API_URLL'. Did you mean 'ORCH_API_URL'?",
  ],
  [
    "a setting of the wrong type",
    ["config", "set", "ORCH_SERVER_API_PORT=high"],
    1,
    "ORCH_SERVER_API_PORT must be a number, not 'high'.",
  ],
  [
    "a setting out of range",
    ["config", "set", "ORCH_SERVER_API_PORT=70000"],
    1,
    "ORCH_SERVER_API_PORT must be at most 65535, not 70000.",
  ],
  [
    "unset of what is not set",
    ["config", "unset", "ORCH_API_URL"],
    1,
    "'ORCH_API_URL' is not set in profile 'default'.",
  ],
  ["unset of what is no setting", ["config", "unset", "NONSENSE"], 1, "Unknown setting name 'NONSENSE'."],
  ["a profile that is not there", ["-p", "none", "deployment", "ls"], 1, "Unknown profile 'none'."],
  ["use of a profile that is not there", ["profile", "use", "none"], 1, "Profile 'none' not found."],
  [
    "create of a profile that is there",
    ["profile", "create", "default"],
    1,
    "Profile 'default' already exists. To make a new one, remove it first: orch profile delete 'default'",
  ],
  [
    "delete of the profile in use",
    ["profile", "delete", "default"],
    1,
    "Profile 'default' is the active profile. You must switch profiles before it can be deleted.",
  ],
  [
    "a port that is too high",
    ["server", "start", "--port", "70000"],
    1,
    "--port must be a whole number from 0 to 65535, not '70000'.",
  ],
  ["a port in words", ["server", "start", "--port", "x"], 1, "--port must be a whole number from 0 to 65535, not 'x'."],
  [
    "an open address without a key",
    ["server", "start", "--host", "0.0.0.0", "--port", "0"],
    1,
    "Binding 0.0.0.0 lets other machines in: set ORCH_SERVER_API_KEY first, or bind 127.0.0.1.",
  ],
  [
    "completion of an unknown shell",
    ["completion", "tcsh"],
    2,
    "Invalid value for 'shell': 'tcsh' is not one of bash, zsh, fish. Did you mean 'bash'? Try 'orch completion --help'.",
  ],
  [
    "init in a file",
    ["init", "a-file"],
    1,
    "'<folder>/a-file/flows/marvin.ts' cannot be written: ENOTDIR: not a directory, mkdir '<folder>/a-file/flows'",
  ],
  ["dev of a folder that is not there", ["dev", "nowhere"], 1, "There is no folder '<folder>/nowhere'."],
  [
    "dev of a folder without deployments",
    ["dev", "flows"],
    1,
    "There is no deployment file in '<folder>/flows'. 'orch init' writes a project that has one; 'orch deployment build -n NAME FILE:FLOW' makes one for a flow.",
  ],
  ["types of a folder that is not there", ["types", "nowhere"], 1, "There is no folder '<folder>/nowhere'."],
  ["check of a file that is not there", ["check", "none.ts"], 1, "There is no file or folder 'none.ts'."],
];
