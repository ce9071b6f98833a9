// test/reports/schedules.md: every difference between the old server's dates and ours, with its reason.
// `bun test/domain/schedules/report.ts` writes it; report.test.ts compares.
import { createZones } from "#domain/schedules/zone.ts";
import { type Compared, compare, type Difference, differenceOf, kindOf, ROWS, spansChange } from "./oracle.ts";
import { REASONS, reasonOf } from "./reasons.ts";

export const REPORT_FILE = new URL("../../reports/schedules.md", import.meta.url).pathname;
const KINDS = ["cron", "interval", "rrule"] as const;
const SHOWN = 3;

export interface Report {
  rows: Compared[];
  differences: Difference[];
  unexplained: Difference[];
  text: string;
}

export function schedulesReport(): Report {
  const zones = createZones();
  const rows = ROWS.map((row) => compare(row, zones));
  const differences = rows.flatMap((row) => differenceOf(row) ?? []);
  const explained = differences.map((difference) => ({ difference, reason: reasonOf(difference, zones) }));
  const unexplained = explained.filter(({ reason }) => !reason).map(({ difference }) => difference);
  const sections = REASONS.flatMap((reason) => {
    const found = explained.filter((one) => one.reason === reason).map(({ difference }) => difference);
    return found.length === 0 ? [] : [`## ${reason.title} (${found.length})\n\n${reason.text}\n\n${tableOf(found)}`];
  });
  if (unexplained.length > 0) sections.push(`## Unexplained (${unexplained.length})\n\n${tableOf(unexplained)}`);
  const text = [opening(rows, differences, unexplained), spread(rows), ...sections].join("\n\n");
  return { rows, differences, unexplained, text: `${text}\n` };
}

function opening(rows: Compared[], differences: Difference[], unexplained: Difference[]): string {
  return `# Schedules: orch beside Prefect 2.10.4

${rows.length} random schedules were expanded by Prefect 2.10.4 itself (\`test/fixtures/schedule-oracle.py\`) and by orch. Compared
are the moments and the text of each date, which is a part of the run's idempotency key. ${rows.length - differences.length} are the same to the letter,
${differences.length} differ, ${unexplained.length} of them without a known reason. Each reason below is checked by a test on each of its rows, which show the
first date that differs and what follows it. \`bun test/domain/schedules/report.ts\` writes this file.`;
}

function spread(rows: Compared[]): string {
  const names = [...new Set(rows.map(({ zone }) => zone.name))];
  const lines = names.map((name) => {
    const own = rows.filter(({ zone }) => zone.name === name);
    const counts = KINDS.map((kind) => own.filter((row) => kindOf(row) === kind).length);
    return `| ${[name, ...counts, own.filter(spansChange).length, own.filter(differenceOf).length].join(" | ")} |`;
  });
  const head = ["zone", ...KINDS, "beside or over a clock change", "different"];
  return [`| ${head.join(" | ")} |`, `|${"---|".repeat(head.length)}`, ...lines].join("\n");
}

function tableOf(differences: Difference[]): string {
  const rows = differences.map(({ schedule, start, old, found, at }) => {
    const theirs = typeof old === "string" ? old : datesFrom(old, at);
    return `| ${[described(schedule), start.replace("+00:00", "Z"), theirs, datesFrom(found, at)].join(" | ")} |`;
  });
  return ["| schedule | asked from | Prefect 2.10.4 | orch |", "|---|---|---|---|", ...rows].join("\n");
}

function described(schedule: Difference["schedule"]): string {
  const zone = schedule.timezone ?? "UTC";
  if ("cron" in schedule) return `\`${schedule.cron}\`${schedule.day_or ? "" : " (both days)"} ${zone}`;
  if ("interval" in schedule) return `${schedule.interval} s from ${schedule.anchor_date} ${zone}`;
  return `\`${schedule.rrule.replaceAll("\n", " ")}\` ${zone}`;
}

function datesFrom(list: string[], at: number): string {
  return list.slice(at, at + SHOWN).join("<br>") || "none";
}

if (import.meta.main) await Bun.write(REPORT_FILE, schedulesReport().text);
