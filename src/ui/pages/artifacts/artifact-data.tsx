// Shows what an artifact holds: Markdown as a text, a table as a table, anything else as JSON.
import { useMemo } from "preact/hooks";
import { isExact, isObject, tryParseJson } from "#lib/json.ts";
import type { Artifact } from "#wire/artifacts.ts";
import { JsonView } from "../../parts/text/json-view.tsx";
import { LongText } from "../../parts/text/long-text.tsx";
import { Markdown } from "../../parts/text/markdown.tsx";

type Content = Pick<Artifact, "type" | "data" | "metadata_">;

/** What a page without artifacts offers. */
export const ARTIFACT_CODE = 'await createMarkdownArtifact({ key: "report", markdown: "# All is well" });';

/** Longer texts are shown as they were sent: to read them as Markdown would hold up the page. Letters. */
const MOST_MARKDOWN = 200_000;

export function ArtifactData({ artifact, isRaw = false }: { artifact: Content; isRaw?: boolean }) {
  const { type, data } = artifact;
  const table = useMemo(() => (!isRaw && type === "table" ? tableOf(data) : undefined), [isRaw, type, data]);
  if (isRaw) return <AsSent data={data} label="The artifact as it was sent" />;
  if (type === "markdown" && typeof data === "string" && data.length <= MOST_MARKDOWN) return <Markdown text={data} />;
  if (table) return <DataTable {...table} />;
  if (type === "result") return <ResultNote artifact={artifact} />;
  return <AsSent data={data} label="The artifact" />;
}

function AsSent({ data, label }: { data: unknown; label: string }) {
  return typeof data === "string" ? (
    <LongText text={data} label={label} wraps />
  ) : (
    <JsonView value={data} label={label} />
  );
}

/** A result's value lies in its storage; its artifact has the value as text, or the beginning of it. */
function ResultNote({ artifact: { data, metadata_ } }: { artifact: Content }) {
  const text = metadata_?.["result"] ?? metadata_?.["shortened_result"];
  return (
    <div class="stack">
      {text !== undefined && <LongText text={text} label="The result" wraps />}
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
                <td key={column} class={typeof cell === "number" || isExact(cell) ? "end-aligned" : ""}>
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
  const value: unknown = typeof data === "string" ? tryParseJson(data) : data;
  if (Array.isArray(value)) {
    if (value.every((row) => Array.isArray(row))) return ofLists(value);
    const columns = [...new Set(value.flatMap((row) => (isObject(row) ? Object.keys(row) : [])))];
    return { columns, rows: value.map((row) => columns.map((name) => (isObject(row) ? row[name] : undefined))) };
  }
  if (!isObject(value)) return undefined;
  const columns = Object.keys(value);
  const lists = columns.map((name) => Object.values(value[name] ?? {}));
  const length = Math.max(0, ...lists.map((list) => list.length));
  return { columns, rows: Array.from({ length }, (_, at) => lists.map((list) => list[at])) };
}

function ofLists(rows: unknown[][]): Table {
  const width = Math.max(0, ...rows.map((row) => row.length));
  return { columns: Array.from({ length: width }, (_, at) => String(at + 1)), rows };
}

/** Of a description, for a row: without the marks of Markdown that would be drawn elsewhere. */
export function firstLine(text: string | null | undefined): string {
  return (text?.trim().split("\n", 1)[0] ?? "").replace(/^#+ |\*+|`/g, "");
}
