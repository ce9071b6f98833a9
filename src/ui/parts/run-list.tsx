// Lists flow runs with all that a row says of one: windowed over the whole filter, live, with rows to pick for actions on many.
import { useEffect, useRef, useState } from "preact/hooks";
import { pages } from "#lib/page-addresses.ts";
import type { FlowRunRow } from "#wire/flow-run-pages.ts";
import { to } from "../data/base.ts";
import type { Input } from "../data/call.ts";
import { useQuery } from "../data/query.ts";
import { useAddress } from "./address.ts";
import { Button } from "./button.tsx";
import { Empty } from "./empty.tsx";
import { type Column, List } from "./list.tsx";
import { ROW_HEIGHT } from "./list-keys.ts";
import { Loaded } from "./loaded.tsx";
import { usePicked } from "./picked.ts";
import { RunBulkBar } from "./run-bulk-bar.tsx";
import { Lateness, RunName, RunSpan } from "./run-cells.tsx";
import { StateBadge } from "./state-badge.tsx";
import { Tags } from "./tags.tsx";

type Body = NonNullable<Input<"readFlowRunPage">["body"]>;
/** Which runs: as `POST /orch/flow_runs/page` takes it. */
export type RunFilters = Pick<Body, "flow_runs" | "flows" | "deployments" | "work_pools" | "work_pool_queues">;

export const RUN_SORTS = ["EXPECTED_START_TIME_DESC", "EXPECTED_START_TIME_ASC", "NAME_ASC", "NAME_DESC"] as const;
const USUAL = RUN_SORTS[0];
/** Rows of one read, and the step between reads: what is on the screen lies whole in one of them. */
const ROWS_READ = 200;
const STEP = 100;

export interface RunListProps {
  filters: RunFilters;
  /** Columns that say the same in every row of this page. */
  without?: readonly ("deployment" | "tags")[];
  /** Where a tag leads; to this page's own filter unless given. */
  tagHref?: (tag: string) => string;
  /** Shown instead of the list when there is no run. */
  empty?: preact.ComponentChildren;
}

export function RunList({
  filters,
  without = [],
  tagHref,
  empty = <Empty title="There are no runs." />,
}: RunListProps) {
  const address = useAddress();
  const sort = RUN_SORTS.find((known) => known === address.one("sort")) ?? USUAL;
  const box = useRef<HTMLDivElement>(null);
  const offset = useOffset(box);
  const body = { ...filters, sort, offset, limit: ROWS_READ, parts: ["counts" as const, "rows" as const] };
  const page = useQuery("readFlowRunPage", { body });
  const picked = usePicked();
  const count = page.data?.counts?.count ?? 0;
  const news = useNews(box, { count, isFirst: sort === USUAL, subject: JSON.stringify(filters) });
  const rows = useSparse(page.data?.rows ?? [], page.isOld ? undefined : offset, count);
  const tagLink = tagHref ?? ((tag: string) => address.with({ tag: [...new Set([...address.all("tag"), tag])] }));
  return (
    <div ref={box}>
      <Loaded of={page}>
        {() =>
          count === 0 ? (
            empty
          ) : (
            <List
              {...{ rows, picked, label: "Flow runs", usualSort: USUAL }}
              columns={columns(without, tagLink)}
              idOf={({ id }) => id}
              hrefOf={({ id }) => to(pages.flowRun(id))}
            />
          )
        }
      </Loaded>
      {news > 0 && (
        <div class="news">
          <Button kind="main" isSmall onClick={() => box.current?.scrollIntoView()}>
            {news} new
          </Button>
        </div>
      )}
      <RunBulkBar picked={picked} filters={filters} count={count} />
    </div>
  );
}

/** The offset of the rows to read, by what is on the screen: it changes in steps, so that scrolling reads seldom. */
function useOffset(box: { current: HTMLElement | null }): number {
  const [offset, setOffset] = useState(0);
  useEffect(() => {
    const look = () => {
      const above = Math.max(0, -(box.current?.getBoundingClientRect().top ?? 0));
      const first = Math.max(0, Math.floor(above / ROW_HEIGHT) - STEP / 2);
      setOffset(Math.floor(first / STEP) * STEP);
    };
    look();
    addEventListener("scroll", look, { passive: true });
    return () => removeEventListener("scroll", look);
  }, []);
  return offset;
}

/**
 * How many runs came above since the list was at its top. While the reader is further down, the page is moved by as much as the list grew:
 * so the rows on the screen stay where they are.
 */
function useNews(
  box: { current: HTMLElement | null },
  { count, isFirst, subject }: { count: number; isFirst: boolean; subject: string },
): number {
  const [news, setNews] = useState(0);
  const before = useRef({ count, subject });
  useEffect(() => {
    const came = before.current.subject === subject && before.current.count > 0 ? count - before.current.count : 0;
    before.current = { count, subject };
    if (!isFirst || came <= 0 || isAtTop(box.current)) return;
    scrollBy({ top: came * ROW_HEIGHT, behavior: "instant" });
    setNews((known) => known + came);
  }, [count, subject, isFirst]);
  useEffect(() => {
    const look = () => isAtTop(box.current) && setNews(0);
    addEventListener("scroll", look, { passive: true });
    return () => removeEventListener("scroll", look);
  }, []);
  return news;
}

function isAtTop(box: HTMLElement | null): boolean {
  return !box || box.getBoundingClientRect().top > -ROW_HEIGHT;
}

/** As long as the whole list, with the rows that were read at their places. The ones before stay until others come. */
function useSparse(read: readonly FlowRunRow[], offset: number | undefined, count: number): readonly FlowRunRow[] {
  const last = useRef<{ read: readonly FlowRunRow[]; offset: number }>({ read, offset: 0 });
  if (offset !== undefined) last.current = { read, offset };
  const rows = new Array<FlowRunRow>(count);
  for (const [index, row] of last.current.read.entries()) {
    const at = last.current.offset + index;
    if (at < count) rows[at] = row;
  }
  return rows;
}

function columns(without: RunListProps["without"], tagHref: (tag: string) => string): Column<FlowRunRow>[] {
  const all: (Column<FlowRunRow> & { part?: "deployment" | "tags" })[] = [
    {
      title: "Run",
      sort: { up: "NAME_ASC", down: "NAME_DESC" },
      cell: (run) => <RunName run={run} />,
    },
    {
      title: "State",
      width: "128px",
      cell: ({ state_type, state_name }) => <StateBadge type={state_type} name={state_name} />,
    },
    {
      title: "Deployment",
      part: "deployment",
      width: "15%",
      gives: "third",
      cell: ({ deployment_id, deployment_name }) =>
        deployment_id && deployment_name && <a href={to(pages.deployment(deployment_id))}>{deployment_name}</a>,
    },
    {
      title: "Start",
      width: "190px",
      gives: "second",
      sort: { up: "EXPECTED_START_TIME_ASC", down: "EXPECTED_START_TIME_DESC" },
      cell: (run) => <Lateness run={run} />,
    },
    { title: "Duration", width: "150px", gives: "second", cell: (run) => <RunSpan run={run} /> },
    {
      title: "Tags",
      part: "tags",
      width: "14%",
      gives: "third",
      cell: ({ tags }) => <Tags tags={tags} hrefOf={tagHref} />,
    },
  ];
  return all.filter(({ part }) => part === undefined || !without?.includes(part));
}
