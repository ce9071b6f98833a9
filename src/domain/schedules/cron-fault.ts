// Which part of a refused cron string is wrong, for people; the refusal itself is the old server's sentence (cron-pattern.ts).
import { parseCron } from "./cron-pattern.ts";

const FIELDS = [
  { what: "minute", range: "0 to 59" },
  { what: "hour", range: "0 to 23" },
  { what: "day of the month", range: "1 to 31, or L for the last" },
  { what: "month", range: "1 to 12, or jan to dec" },
  { what: "day of the week", range: "0 to 7, or sun to sat" },
  { what: "second", range: "0 to 59" },
];
const LEAST = 5;

/** `'61' is no minute (0 to 59)`. */
export function cronFault(cron: string): string {
  const words = cron.split(/\s+/).filter((word) => word !== "");
  const [first = ""] = words;
  if (first === "@every") return "it is an interval, such as --interval 1h";
  if (words.length === 1 && first.startsWith("@")) return `'${first}' is no short form: @hourly, @daily, @weekly are`;
  if (words.length < LEAST || words.length > FIELDS.length) {
    const count = `${words.length} ${words.length === 1 ? "field" : "fields"}`;
    return `it has ${count} instead of five: minute, hour, day, month and weekday`;
  }
  const wrong = words.findIndex((word, index) => !isCron(words.map((_, at) => (at === index ? word : "*"))));
  const { what, range } = FIELDS[wrong] ?? { what: "cron string", range: "five fields" };
  return `'${words[wrong] ?? cron}' is no ${what} (${range})${hintFor(words[wrong] ?? "", what)}`;
}

/** For the dialects of other tools. */
function hintFor(word: string, what: string): string {
  if (word === "?") return "; * means any";
  const [, day] = /^([0-7])L$/i.exec(word) ?? [];
  return what === "day of the week" && day !== undefined ? `; the last one of the month is L${day}` : "";
}

function isCron(words: string[]): boolean {
  try {
    parseCron(words.join(" "));
    return true;
  } catch {
    return false; // what was asked
  }
}
