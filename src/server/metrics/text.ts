// The text format of Prometheus (version 0.0.4).

export type Labels = Readonly<Record<string, string | number>>;
export type Sample = readonly [labels: Labels, value: number];

export const TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** One metric: its lines of help and type, and a line for each sample. */
export function metric(name: string, type: "counter" | "gauge", help: string, samples: Iterable<Sample>): string {
  return [...heading(name, type, help), ...[...samples].map(([labels, value]) => line(name, labels, value))].join("\n");
}

export function heading(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

export function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(String(text))}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${value}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
