// Bad inputs: deployments by name.
import type { BadInput } from "./table.ts";

const LONG = "x".repeat(300);

export const deployments: readonly BadInput[] = [
  [
    "inspect of no name",
    ["deployment", "inspect"],
    2,
    "Missing argument 'NAME'. Try 'orch deployment inspect --help'.",
  ],
  [
    "inspect without a slash",
    ["deployment", "inspect", "good"],
    1,
    "Invalid deployment name 'good'. Expected '<flow-name>/<deployment-name>'. Did you mean 'say-hi/good'?",
  ],
  [
    "inspect with two slashes",
    ["deployment", "inspect", "a/b/c"],
    1,
    "Invalid deployment name 'a/b/c'. Expected '<flow-name>/<deployment-name>'",
  ],
  [
    "inspect of a typo",
    ["deployment", "inspect", "say-hi/goood"],
    1,
    "Deployment 'say-hi/goood' not found! Did you mean 'say-hi/good'?",
  ],
  [
    "inspect of an empty name",
    ["deployment", "inspect", ""],
    2,
    "Invalid value for 'NAME': it is empty. Try 'orch deployment inspect --help'.",
  ],
  [
    "inspect of a very long name",
    ["deployment", "inspect", `${LONG}/${LONG}`],
    1,
    `Deployment '${LONG}/${LONG}' not found! 'orch deployment ls' lists what is there.`,
  ],
  ["delete of nothing", ["deployment", "delete"], 1, "Must provide a deployment name or id"],
  [
    "delete of what is not there",
    ["deployment", "delete", "say-hi/none", "--yes"],
    1,
    "Deployment 'say-hi/none' not found! Did you mean 'say-hi/good'?",
  ],
  [
    "delete of an id that is none",
    ["deployment", "delete", "--id", "5", "--yes"],
    1,
    "'5' is not the id of a deployment.",
  ],
  [
    "delete of an id that is not there",
    ["deployment", "delete", "--id", "01234567-89ab-cdef-0123-456789abcdef", "--yes"],
    1,
    "Deployment '01234567-89ab-cdef-0123-456789abcdef' not found! 'orch deployment ls' lists what is there.",
  ],
  [
    "set-schedule without a schedule",
    ["deployment", "set-schedule", "say-hi/good"],
    1,
    "Exactly one of `--interval`, `--rrule`, or `--cron` must be provided.",
  ],
  [
    "set-schedule with two",
    ["deployment", "set-schedule", "say-hi/good", "--cron", "* * * * *", "--rrule", "FREQ=DAILY"],
    1,
    "Exactly one of `--interval`, `--rrule`, or `--cron` must be provided.",
  ],
  [
    "set-schedule with an anchor and no interval",
    ["deployment", "set-schedule", "say-hi/good", "--cron", "* * * * *", "--anchor-date", "2026-01-01"],
    1,
    "An anchor date can only be provided with an interval schedule",
  ],
  [
    "set-schedule with an anchor that is none",
    ["deployment", "set-schedule", "say-hi/good", "--interval", "5", "--anchor-date", "x"],
    1,
    "The anchor date must be a valid date string, not 'x'.",
  ],
  [
    "set-schedule with the zone in the rule",
    [
      "deployment",
      "set-schedule",
      "say-hi/good",
      "--rrule",
      "DTSTART;TZID=Asia/Tokyo:20260101T000000\nRRULE:FREQ=DAILY",
    ],
    1,
    'The TZID of a rule is ignored. Give its time zone with --timezone, or as --rrule \'{"rrule": "FREQ=MINUTELY;INTERVAL=5", "timezone": "America/New_York"}\'.',
  ],
  [
    "set-schedule without a slash",
    ["deployment", "set-schedule", "good", "--interval", "5"],
    1,
    "Invalid deployment name 'good'. Expected '<flow-name>/<deployment-name>'. Did you mean 'say-hi/good'?",
  ],
  [
    "set-schedule of what is not there",
    ["deployment", "set-schedule", "say-hi/none", "--interval", "5"],
    1,
    "Deployment 'say-hi/none' not found! Did you mean 'say-hi/good'?",
  ],
  [
    "set-schedule with a cron that is none",
    ["deployment", "set-schedule", "say-hi/good", "--cron", "* * 32 * *"],
    1,
    "Invalid cron string: \"* * 32 * *\": '32' is no day of the month (1 to 31, or L for the last).",
  ],
  [
    "set-schedule with an interval of nothing",
    ["deployment", "set-schedule", "say-hi/good", "--interval", "0"],
    2,
    "Invalid value for '--interval': '0' is no number of seconds, 0.0001 or more, and no length of time such as 30m, 1h or 1d. Try 'orch deployment set-schedule --help'.",
  ],
  [
    "pause-schedule without a slash",
    ["deployment", "pause-schedule", "good"],
    1,
    "Invalid deployment name 'good'. Expected '<flow-name>/<deployment-name>'. Did you mean 'say-hi/good'?",
  ],
  [
    "pause-schedule of what is not there",
    ["deployment", "pause-schedule", "say-hi/none"],
    1,
    "Deployment 'say-hi/none' not found! Did you mean 'say-hi/good'?",
  ],
  [
    "resume-schedule of what is not there",
    ["deployment", "resume-schedule", "say-hi/none"],
    1,
    "Deployment 'say-hi/none' not found! Did you mean 'say-hi/good'?",
  ],
  [
    "preview of none at all",
    ["deployment", "preview", "say-hi/good", "-n", "0"],
    1,
    "--count must be a whole number from 1 to 1000, not '0'.",
  ],
  [
    "preview of too many",
    ["deployment", "preview", "say-hi/good", "-n", "1001"],
    1,
    "--count must be a whole number from 1 to 1000, not '1001'.",
  ],
  [
    "ls with an option too many",
    ["deployment", "ls", "--jsn"],
    2,
    "No such option: --jsn. Did you mean --json? Try 'orch deployment ls --help'.",
  ],
  [
    "ls with a word too many",
    ["deployment", "ls", "say-hi"],
    2,
    "Got unexpected argument 'say-hi'. Try 'orch deployment ls --help'.",
  ],
];
