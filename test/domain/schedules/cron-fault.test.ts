import { expect, test } from "bun:test";
import { cronFault } from "#domain/schedules/cron-fault.ts";

const FAULTS: [cron: string, fault: string][] = [
  ["", "it has 0 fields instead of five: minute, hour, day, month and weekday"],
  ["*", "it has 1 field instead of five: minute, hour, day, month and weekday"],
  ["* * * *", "it has 4 fields instead of five: minute, hour, day, month and weekday"],
  ["* * * * * * *", "it has 7 fields instead of five: minute, hour, day, month and weekday"],
  ["@reboot", "'@reboot' is no short form: @hourly, @daily, @weekly are"],
  ["@every 1h", "it is an interval, such as --interval 1h"],
  ["0 9 ? * 1", "'?' is no day of the month (1 to 31, or L for the last); * means any"],
  ["0 9 * * ?", "'?' is no day of the week (0 to 7, or sun to sat); * means any"],
  ["0 9 * * 5L", "'5L' is no day of the week (0 to 7, or sun to sat); the last one of the month is L5"],
  ["0 9 1W * *", "'1W' is no day of the month (1 to 31, or L for the last)"],
  ["60 * * * *", "'60' is no minute (0 to 59)"],
  ["*/0 * * * *", "'*/0' is no minute (0 to 59)"],
  ["* 24 * * *", "'24' is no hour (0 to 23)"],
  ["* 9-5 * * *", "'9-5' is no hour (0 to 23)"],
  ["* * 32 * *", "'32' is no day of the month (1 to 31, or L for the last)"],
  ["* * * 13 *", "'13' is no month (1 to 12, or jan to dec)"],
  ["* * * january *", "'january' is no month (1 to 12, or jan to dec)"],
  ["* * * * mon#6", "'mon#6' is no day of the week (0 to 7, or sun to sat)"],
  ["* * * * * 60", "'60' is no second (0 to 59)"],
  ["70 24 * * *", "'70' is no minute (0 to 59)"],
];
test.each(FAULTS)("'%s': %s", (cron, fault) => {
  expect(cronFault(cron)).toBe(fault);
});
