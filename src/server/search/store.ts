// Looks for names that hold some words: a few rows of each kind.
import type { Reader } from "#db/connect.ts";
import { all, type Condition, containsText, onIndex, ROW } from "#db/sql.ts";
import { parseId } from "#lib/ids.ts";
import type { SearchHits } from "#wire/search.ts";

type Hit = SearchHits["hits"][number];

export interface SearchedNames {
  text: string;
  limit: number;
}

/** More words narrow nothing down that people look for. */
const MOST_WORDS = 10;

/** A query of the columns `id`, `name`, `detail` and `state_type`, for a condition on names. */
interface Place {
  kind: Hit["kind"];
  /** What is searched. */
  name: string;
  sql: (where: string) => string;
}

const RUN = "flow_run.id, flow_run.name, f.name as detail, flow_run.state_type";

const PLACES: readonly Place[] = [
  {
    kind: "flow",
    name: "flow.name",
    sql: (where) =>
      `select id, name, null as detail, null as state_type from flow where ${where} order by name limit ?`,
  },
  {
    kind: "deployment",
    name: "(f.name || '/' || d.name)",
    sql: (where) =>
      `select d.id, f.name || '/' || d.name as name, null as detail, null as state_type
       from deployment d join flow f on f.id = d.flow_id where ${where} order by f.name, d.name limit ?`,
  },
  {
    kind: "flow_run",
    name: "flow_run.name",
    // Names are on an index, which is gone through whole: a tenth of what their rows would take.
    sql: (where) =>
      `select ${RUN} from (select ${ROW} as place from ${onIndex("flow_run", "flow_run_name")} where ${where}
         order by ${ROW} desc limit ?) found
       join flow_run on flow_run.${ROW} = found.place join flow f on f.id = flow_run.flow_id order by place desc`,
  },
  {
    kind: "work_pool",
    name: "work_pool.name",
    sql: (where) =>
      `select name as id, name, type as detail, null as state_type from work_pool where ${where} order by name limit ?`,
  },
  {
    kind: "work_queue",
    name: "(p.name || '/' || q.name)",
    sql: (where) =>
      `select q.id, q.name, p.name as detail, null as state_type
       from work_queue q join work_pool p on p.id = q.work_pool_id where ${where} order by q.name limit ?`,
  },
  {
    kind: "block",
    name: "(t.slug || '/' || b.name)",
    sql: (where) =>
      `select b.id, b.name, t.name as detail, null as state_type from block_document b
       join block_type t on t.id = b.block_type_id where b.is_anonymous = 0 and ${where} order by b.name limit ?`,
  },
  {
    kind: "variable",
    name: "variable.name",
    sql: (where) =>
      `select id, name, substr(value, 1, 100) as detail, null as state_type from variable where ${where} order by name limit ?`,
  },
  {
    kind: "artifact",
    name: "c.key",
    sql: (where) =>
      `select c.key as id, c.key as name, a.type as detail, null as state_type from artifact_collection c
       join artifact a on a.id = c.latest_id where ${where} order by c.updated desc limit ?`,
  },
];

export function searchNames(q: Reader, { text, limit }: SearchedNames): SearchHits {
  const words = text
    .split(/\s+/)
    .filter((word) => word !== "")
    .slice(0, MOST_WORDS);
  if (words.length === 0) return { hits: [] };
  const id = parseId(text.trim());
  const hits = PLACES.flatMap(({ kind, name, sql }) => {
    const where: Condition = all(words.map((word) => containsText(name, word)));
    return q.all<Omit<Hit, "kind">>(sql(where.sql), ...where.params, limit).map((found) => ({ kind, ...found }));
  });
  return { hits: [...(id === null ? [] : withId(q, id)), ...hits] };
}

const BY_ID: readonly [kind: Hit["kind"], sql: string][] = [
  ["flow", "select id, name, null as detail, null as state_type from flow where id = ?"],
  [
    "deployment",
    `select d.id, f.name || '/' || d.name as name, null as detail, null as state_type
     from deployment d join flow f on f.id = d.flow_id where d.id = ?`,
  ],
  ["flow_run", `select ${RUN} from flow_run join flow f on f.id = flow_run.flow_id where flow_run.id = ?`],
  [
    "task_run",
    `select t.id, t.name, r.name as detail, t.state_type from task_run t join flow_run r on r.id = t.flow_run_id
     where t.id = ?`,
  ],
];

function withId(q: Reader, id: string): Hit[] {
  return BY_ID.flatMap(([kind, sql]) => q.all<Omit<Hit, "kind">>(sql, id).map((found) => ({ kind, ...found })));
}
