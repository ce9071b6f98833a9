// Bad inputs: flow runs.
import type { BadInput } from "./table.ts";

export const flowRuns: readonly BadInput[] = [
  [
    "inspect of no id",
    ["flow-run", "inspect", "abc"],
    1,
    "Flow run 'abc' not found! 'orch flow-run ls' lists the latest ones.",
  ],
  [
    "inspect of what is not there",
    ["flow-run", "inspect", "01234567-89ab-cdef-0123-456789abcdef"],
    1,
    "Flow run '01234567-89ab-cdef-0123-456789abcdef' not found! 'orch flow-run ls' lists the latest ones.",
  ],
  [
    "logs of no id",
    ["flow-run", "logs", "abc"],
    1,
    "Flow run 'abc' not found! 'orch flow-run ls' lists the latest ones.",
  ],
  [
    "logs of what is not there",
    ["flow-run", "logs", "01234567-89ab-cdef-0123-456789abcdef"],
    1,
    "Flow run '01234567-89ab-cdef-0123-456789abcdef' not found! 'orch flow-run ls' lists the latest ones.",
  ],
  [
    "logs of no lines",
    ["flow-run", "logs", "01234567-89ab-cdef-0123-456789abcdef", "-n", "0"],
    1,
    "--num-logs must be a whole number of at least 1, not '0'.",
  ],
  [
    "cancel of what is not there",
    ["flow-run", "cancel", "01234567-89ab-cdef-0123-456789abcdef"],
    1,
    "Flow run '01234567-89ab-cdef-0123-456789abcdef' not found! 'orch flow-run ls' lists the latest ones.",
  ],
  [
    "delete of what is not there",
    ["flow-run", "delete", "01234567-89ab-cdef-0123-456789abcdef", "--yes"],
    1,
    "Flow run '01234567-89ab-cdef-0123-456789abcdef' not found! 'orch flow-run ls' lists the latest ones.",
  ],
  [
    "ls with a limit in words",
    ["flow-run", "ls", "--limit", "many"],
    1,
    "--limit must be a whole number of at least 1, not 'many'.",
  ],
  [
    "ls by a state that is none",
    ["flow-run", "ls", "--state-type", "DONE"],
    1,
    "'DONE' is no state type. They are: SCHEDULED, PENDING, RUNNING, COMPLETED, FAILED, CANCELLED, CRASHED, PAUSED, CANCELLING.",
  ],
  [
    "flow run of a parameter that is not there",
    ["flow", "run", "flows/good.ts:sayHi", "--param", "nme=Ada"],
    1,
    "Validation of flow parameters failed with error: The following parameters were specified but not found on the deployment: 'nme'. It accepts: 'name', 'num'.",
  ],
  [
    "flow run of a value of another type",
    ["flow", "run", "flows/good.ts:sayHi", "--param", "num=many"],
    1,
    "Validation of flow parameters failed with error: parameter 'num': must be a number, got \"many\"",
  ],
  ["flow run of a file that is not there", ["flow", "run", "none.ts:f"], 1, "There is no file 'none.ts'."],
  ["run of a Python file that is not there", ["run", "script.py"], 1, "There is no file 'script.py'."],
  ["run of a folder", ["run", "."], 1, "'.' is a folder: name a file in it."],
  ["run of a program that is not there", ["run", "none.ts"], 1, "There is no file 'none.ts'."],
  [
    "inspect of no task run's id",
    ["task-run", "inspect", "abc"],
    1,
    "Task run 'abc' not found! 'orch task-run ls' lists the latest ones.",
  ],
  [
    "logs of a task run that is not there",
    ["task-run", "logs", "01234567-89ab-cdef-0123-456789abcdef"],
    1,
    "Task run '01234567-89ab-cdef-0123-456789abcdef' not found! 'orch task-run ls' lists the latest ones.",
  ],
  [
    "delete of a task run that is not there",
    ["task-run", "delete", "01234567-89ab-cdef-0123-456789abcdef", "--yes"],
    1,
    "Task run '01234567-89ab-cdef-0123-456789abcdef' not found! 'orch task-run ls' lists the latest ones.",
  ],
  [
    "task runs of no flow run's id",
    ["task-run", "ls", "--flow-run", "abc"],
    1,
    "Flow run 'abc' not found! 'orch flow-run ls' lists the latest ones.",
  ],
  [
    "inspect of a flow that is not there",
    ["flow", "inspect", "none"],
    1,
    "Flow 'none' not found! 'orch flow ls' lists what is there.",
  ],
  [
    "delete of a flow that is not there",
    ["flow", "delete", "none", "--yes"],
    1,
    "Flow 'none' not found! 'orch flow ls' lists what is there.",
  ],
];
