// Shows what an artifact holds: Markdown as a text, a table as a table, anything else as JSON.
import type { Artifact } from "#wire/artifacts.ts";
import { Code } from "../parts/code.tsx";
import { JsonView } from "../parts/json-view.tsx";
import { Markdown } from "../parts/markdown.tsx";

type Content = Pick<Artifact, "type" | "data" | "metadata_">;

export function ArtifactData({ artifact, isRaw = false }: { artifact: Content; isRaw?: boolean }) {
  const { type, data } = artifact;
  if (isRaw)
    return typeof data === "string" ? (
      <Code text={data} label="The artifact as it was sent" wraps />
    ) : (
      <JsonView value={data} label="The artifact as it was sent" />
    );
  if (type === "markdown" && typeof data === "string") return <Markdown text={data} />;
  const table = type === "table" ? tableOf(data) : undefined;
  if (table) return <DataTable {...table} />;
  if (type === "result") return <ResultNote artifact={artifact} />;
  return typeof data === "string" ? (
    <Code text={data} label="The artifact" wraps />
  ) : (
    <JsonView value={data} label="The artifact" />
  );
}

/** A result's value lies in its storage; its artifact has the value as text, or the beginning of it. */
function ResultNote({ artifact: { data, metadata_ } }: { artifact: Content }) {
  const text = metadata_?.["result"] ?? metadata_?.["shortened_result"];
  return (
    <div class="stack">
      {text !== undefined && <Code text={text} label="The result" wraps />}
      <JsonView value={data} label="Where the result is kept" />
    </div>
  );
}

interface Table {
  columns: string[];
  rows: unknown[][];
}

/** Rows drawn at once: more are in the raw view. */
const MOST_ROWS = 1_000;

function DataTable({ columns, rows }: Table) {
  return (
    <div class="data-table">
      <table>
        <thead>
          <tr>
            {columns.map((title) => (
              <th scope="col" key={title}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((cells, at) => (
            <tr key={at}>
              {cells.map((cell, column) => (
                <td key={column} class={typeof cell === "number" ? "end-aligned" : ""}>
                  {typeof cell === "string" ? cell : cell === undefined || cell === null ? "" : JSON.stringify(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST_ROWS && (
        <p class="quiet">{`The first ${MOST_ROWS} of ${rows.length} rows. The raw view has all of them.`}</p>
      )}
    </div>
  );
}

/** Tables are sent as JSON text: a list of records, or columns by name as pandas and Prefect have them. */
function tableOf(data: unknown): Table | undefined {
  const value = typeof data === "string" ? parsed(data) : data;
  if (Array.isArray(value)) {
    if (value.every((row) => Array.isArray(row))) return ofLists(value);
    const columns = [...new Set(value.flatMap((row) => (isRecord(row) ? Object.keys(row) : [])))];
    return { columns, rows: value.map((row) => columns.map((name) => (isRecord(row) ? row[name] : undefined))) };
  }
  if (!isRecord(value)) return undefined;
  const columns = Object.keys(value);
  const lists = columns.map((name) => Object.values(value[name] ?? {}));
  const length = Math.max(0, ...lists.map((list) => list.length));
  return { columns, rows: Array.from({ length }, (_, at) => lists.map((list) => list[at])) };
}

function ofLists(rows: unknown[][]): Table {
  const width = Math.max(0, ...rows.map((row) => row.length));
  return { columns: Array.from({ length: width }, (_, at) => String(at + 1)), rows };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Of a description, for a row. */
export function firstLine(text: string | null | undefined): string {
  return text?.trim().split("\n", 1)[0] ?? "";
}
