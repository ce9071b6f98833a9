// Lists flow runs with all that a row says of one: windowed over the whole filter, live, with rows to pick for actions on many.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { pages } from "#lib/text/page-addresses.ts";
import { numberText } from "#lib/text/words-of-numbers.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import type { FlowRunRow } from "#wire/runs/flow-run-pages.ts";
import { to } from "../../data/base.ts";
import { useQuery } from "../../data/query.ts";
import { OPEN_ROW } from "../address.ts";
import { Button } from "../button.tsx";
import { deferred } from "../deferred.tsx";
import { Empty } from "../lists/empty.tsx";
import { type Column, List, rowHeightOf } from "../lists/list.tsx";
import { Loaded } from "../lists/loaded.tsx";
import { usePicked } from "../lists/picked.ts";
import { Tags } from "../text/tags.tsx";
import { useAddress } from "../use-address.ts";
import { RunBulkBar } from "./run-bulk-bar.tsx";
import { Lateness, RunName, RunSpan } from "./run-cells.tsx";
import { ROWS_READ, type RunFilters, type RunSort, rowsToRead, sortOf, USUAL_SORT } from "./run-rows.ts";
import { StateBadge } from "./state-badge.tsx";

/** Between reads: what is on the screen lies whole in one of them. */
const STEP = ROWS_READ / 2;

export interface RunListProps {
  filters: RunFilters;
  /** Columns that say the same in every row of this page. */
  without?: readonly ("deployment" | "tags")[];
  /** Where a tag leads; to this page's own filter unless given. */
  tagHref?: (tag: string) => string;
  /** The order while the address has none; the newest first unless given. */
  usualSort?: RunSort;
  /** How many runs there are, where the page reads it anyway: else the list reads it. `null` until it is known. */
  count?: number | null;
  /** Shown instead of the list when there is no run. */
  empty?: preact.ComponentChildren;
}

const RunPeek = deferred(() => import("./run-peek.tsx"));

export function RunList(props: RunListProps) {
  const {
    filters,
    without = [],
    tagHref,
    empty = <Empty title="There are no runs." />,
    usualSort = USUAL_SORT,
  } = props;
  const address = useAddress();
  const sort = sortOf(address, usualSort);
  const box = useRef<HTMLDivElement>(null);
  const height = rowHeightOf([{ gives: "second" }]);
  const offset = useOffset(box, height);
  const body = rowsToRead(filters, { sort, offset, hasCount: props.count !== undefined });
  const page = useQuery("readFlowRunPage", { body });
  const picked = usePicked();
  // The same filters a minute later are no others, though their range has moved.
  const subject = address.with({ sort: null, [OPEN_ROW]: null });
  const read = page.data?.rows ?? [];
  const count = props.count ?? page.data?.counts?.count ?? offset + read.length;
  const news = useNews(box, height, { rows: read, offset: page.isOld ? -1 : offset, subject: `${subject} ${sort}` });
  const isOld = useIsOld(page.isOld, subject);
  const rows = useSparse(read, page.isOld ? undefined : offset, count);
  // The same while the address is: rows that have not changed are not drawn again.
  const here = address.with({});
  const left = without.join();
  const shown = useMemo(
    () =>
      columns(
        without,
        madeOnce(tagHref ?? ((tag) => address.with({ tag: [...new Set([...address.all("tag"), tag])] }))),
      ),
    [here, left],
  );
  return (
    <div ref={box}>
      <Loaded of={page}>
        {() =>
          count === 0 ? (
            empty
          ) : (
            <List
              {...{ rows, picked, label: "Flow runs", usualSort, isOld }}
              columns={shown}
              idOf={({ id }) => id}
              hrefOf={({ id }) => to(pages.flowRun(id))}
              peek={(id) => <RunPeek id={id} key={id} />}
            />
          )
        }
      </Loaded>
      {news > 0 && sort === USUAL_SORT && (
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
function useOffset(box: { current: HTMLElement | null }, rowHeight: number): number {
  const [offset, setOffset] = useState(0);
  useEffect(() => {
    const look = () => {
      const above = Math.max(0, -(box.current?.getBoundingClientRect().top ?? 0));
      const first = Math.max(0, Math.floor(above / rowHeight) - STEP / 2);
      setOffset(Math.floor(first / STEP) * STEP);
    };
    if (scrollY > 0) look();
    addEventListener("scroll", look, { passive: true });
    return () => removeEventListener("scroll", look);
  }, [rowHeight]);
  return offset;
}

interface Read {
  rows: readonly FlowRunRow[];
  offset: number;
  subject: string;
}

/**
 * How many runs came above since the list was at its top. While the reader is further down, the page is moved by as much as
 * the rows on the screen have moved: so they stay where they are.
 */
function useNews(box: { current: HTMLElement | null }, rowHeight: number, read: Read): number {
  const [news, setNews] = useState(0);
  const before = useRef(read);
  useLayoutEffect(() => {
    const came = shiftBetween(before.current, read);
    before.current = read;
    if (came <= 0 || isAtTop(box.current, rowHeight)) return;
    scrollBy({ top: came * rowHeight, behavior: "instant" });
    setNews((known) => known + came);
  }, [read.rows]);
  useEffect(() => {
    const look = () => isAtTop(box.current, rowHeight) && setNews(0);
    addEventListener("scroll", look, { passive: true });
    return () => removeEventListener("scroll", look);
  }, [rowHeight]);
  return news;
}

/** By how many places the rows have moved down; 0 when it cannot be told, and for rows of other places or filters. */
function shiftBetween(before: Read, now: Read): number {
  if (before.offset !== now.offset || before.subject !== now.subject) return 0;
  const places = new Map(now.rows.map(({ id }, index) => [id, index]));
  const index = before.rows.findIndex(({ id }) => places.has(id));
  return (places.get(before.rows[index]?.id ?? "") ?? index) - index;
}

/** Whether the rows are those of other filters. Of the same ones, rows of a moment ago are drawn as they are. */
function useIsOld(isWaiting: boolean, subject: string): boolean {
  const shown = useRef(subject);
  if (!isWaiting) shown.current = subject;
  return shown.current !== subject;
}

function isAtTop(box: HTMLElement | null, rowHeight: number): boolean {
  return !box || box.getBoundingClientRect().top > -rowHeight;
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

/** Many rows have the same few tags. */
function madeOnce(hrefOf: (tag: string) => string): (tag: string) => string {
  const made = new Map<string, string>();
  return (tag) => made.get(tag) ?? made.set(tag, hrefOf(tag)).get(tag) ?? "";
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
      width: "clamp(116px, 12cqi, 148px)",
      cell: ({ state_type, state_name, start_time }) => (
        <StateBadge type={state_type} name={state_name} turnsFrom={start_time ? toMillis(start_time) : undefined} />
      ),
    },
    {
      title: "Deployment",
      part: "deployment",
      width: "128px",
      gives: "third",
      cell: ({ deployment_id, deployment_name }) =>
        deployment_id && deployment_name && <a href={to(pages.deployment(deployment_id))}>{deployment_name}</a>,
    },
    {
      title: "Start",
      width: "168px",
      gives: "second",
      sort: { up: "EXPECTED_START_TIME_ASC", down: "EXPECTED_START_TIME_DESC" },
      cell: (run) => <Lateness run={run} />,
    },
    { title: "Duration", width: "148px", gives: "second", cell: (run) => <RunSpan run={run} /> },
    {
      title: "Tasks",
      width: "64px",
      gives: "third",
      isEndAligned: true,
      cell: ({ task_run_count: count }) => (count > 0 ? numberText(count) : null),
    },
    {
      title: "Tags",
      part: "tags",
      width: "164px",
      gives: "third",
      cell: ({ tags }) => <Tags tags={tags} hrefOf={tagHref} most={2} />,
    },
  ];
  return all.filter(({ part }) => part === undefined || !without?.includes(part));
}
