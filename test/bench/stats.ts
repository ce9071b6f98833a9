// Numbers of a bench: samples to one figure, figures to text and ratios.

/** The middle sample; of an even number the mean of the two in the middle. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** The least sample that `share` (0 to 1) of the samples do not exceed. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? Number.NaN;
}

export type Unit = "ms" | "KB" | "MB" | "per s" | "%";

/** Three significant digits; long times in seconds. */
export function show(value: number | undefined, unit: Unit): string {
  if (value === undefined || Number.isNaN(value)) return "–";
  if (unit === "ms" && value >= 1000) return `${digits(value / 1000)} s`;
  return unit === "per s" ? `${digits(value)}/s` : `${digits(value)} ${unit}`;
}

function digits(value: number): string {
  if (value >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(value >= 1 ? 3 : 2)));
}

/** orch to the other; below 1 is less time, above 1 more requests. */
export function ratio(orch: number | undefined, other: number | undefined): string {
  if (!orch || !other || Number.isNaN(orch / other)) return "–";
  const value = orch / other;
  return value >= 100 ? `${Math.round(value)}×` : `${Number(value.toPrecision(2))}×`;
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
