// A log record as people read it.
import type { Log } from "#wire/runs/logs.ts";
import type { Paint } from "../kit/command.ts";
import { type Layout, record } from "../terminal/layout.ts";
import { shownTime } from "../terminal/output.ts";
import { levelColour } from "../terminal/state-colours.ts";

const LEVELS: Record<number, string> = { 10: "DEBUG", 20: "INFO", 30: "WARNING", 40: "ERROR", 50: "CRITICAL" };

/** A message of many lines stays one text: what follows its first line is marked where it is printed (screen.ts). `2026-11-23 06:34:15.396 | INFO    | Flow run 'x' - message`. */
export function logLine({ timestamp, level, message }: Log, ofRun: string, paint: Paint): Layout {
  const shown = levelColour(level, paint)((LEVELS[level] ?? String(level)).padEnd(7));
  return record(`${shownTime(timestamp)} | ${shown} | ${ofRun} - ${message}`);
}
