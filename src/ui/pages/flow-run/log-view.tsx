// Shows the log of a run: windowed over the whole of it, searched on the server, live while the run goes on.
import { ArrowDown, ArrowDownToLine, ArrowUp, ArrowUpToLine, WrapText } from "lucide-preact";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { numberText } from "#lib/text/words-of-numbers.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import type { LogHits } from "#wire/runs/log-windows.ts";
import { CallError, call } from "../../data/call.ts";
import { now } from "../../data/clock.ts";
import { useQuery } from "../../data/query.ts";
import { remembered } from "../../data/storage.ts";
import { Button } from "../../parts/button.tsx";
import { toast } from "../../parts/forms/toasts.tsx";
import { useKeys } from "../../parts/keys.ts";
import { Empty } from "../../parts/lists/empty.tsx";
import { ChoiceFilter, ClearFilters, FilterBar, SearchFilter } from "../../parts/lists/filter-bar.tsx";
import { Skeleton } from "../../parts/lists/skeleton.tsx";
import { useAddress } from "../../parts/use-address.ts";
import { Downloads } from "./log-download.tsx";
import { type LogFilter, logFilterOf } from "./log-filter.ts";
import { createLogLines } from "./log-lines.ts";
import { type LogWindowHandle, LogWindowView } from "./log-window.tsx";

export interface LogViewProps {
  /** One of the two is needed: the log of a flow run holds that of its task runs. */
  flowRunId?: string | undefined;
  taskRunId?: string | undefined;
  /** Lines may still come. */
  isLive: boolean;
  /** A run that ended while its page was opened may have written more than was read ahead. */
  endedAt?: string | null;
}

export const LEVELS = [
  { value: "50", title: "Critical" },
  { value: "40", title: "Error and above" },
  { value: "30", title: "Warning and above" },
  { value: "20", title: "Info and above" },
  { value: "10", title: "Debug and above" },
];
const ERROR = 40;
const LIVE_MS = 1_000;
const JUST_MS = 10_000;
const FILTERS = ["find", "level", "task", "logger", "only"];

const wraps = remembered("log-wraps");
const order = remembered("log-order");

export function LogView({ flowRunId, taskRunId, isLive, endedAt }: LogViewProps) {
  const address = useAddress();
  const find = address.one("find") ?? "";
  const filter = logFilterOf(address, { flowRunId, taskRunId });
  const subject = JSON.stringify(filter);
  const isFiltered = FILTERS.some((name) => name !== "find" && address.one(name)) || filter.text !== undefined;
  const lines = useMemo(() => createLogLines(filter), [subject]);
  const view = useRef<LogWindowHandle>(null);
  const [isFollowing, setFollowing] = useState(isLive);
  const wasLive = useRef(false);
  const hits = useHits(filter, find, lines.count.value ?? 0);
  const isNewestFirst = order.value === "newest";

  useLayoutEffect(() => {
    lines.want(0, 0);
    return () => lines.stop();
  }, [lines]);
  useEffect(() => {
    if (!isLive) {
      const isJustEnded = wasLive.current || (endedAt && now() - toMillis(endedAt) < JUST_MS);
      if (isJustEnded) lines.grow(); // what came between the last look and the end
      wasLive.current = false;
      return;
    }
    wasLive.current = true;
    const timer = setInterval(() => document.visibilityState === "visible" && lines.grow(), LIVE_MS);
    return () => clearInterval(timer);
  }, [lines, isLive]);

  const toTop = () => {
    setFollowing(isLive && isNewestFirst);
    view.current?.toTop();
  };
  const toBottom = () => {
    setFollowing(isLive && !isNewestFirst);
    view.current?.toBottom();
  };
  const nextError = async () => {
    const from = view.current?.place().after ?? 0;
    const search = (at: number) =>
      call("searchLogs", { body: { ...filter, find: { level: ERROR }, from: at, limit: 1 } });
    try {
      const found = (await search(from)).hits[0] ?? (await search(0)).hits[0];
      if (found) view.current?.goTo(found.position);
      else toast({ text: "No line is an error." });
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      toast({ text: error.message, isBad: true });
    }
  };
  /** Of lines that were searched for: the same line among all the others. Else the address then leads to it. */
  const chooseLine = async (position: number) => {
    const { text, ...others } = filter;
    if (text === undefined) return address.set({ line: String(position) }, { isReplacing: true });
    const found = await call("searchLogs", { body: { ...others, find: { text }, limit: 0 } });
    const line = found.positions[position];
    if (line !== undefined) address.set({ only: null, line: String(line) });
  };
  const isRead = lines.count.value !== undefined;
  const line = address.one("line");
  useEffect(() => {
    if (isRead && line !== undefined) view.current?.goTo(Number(line));
  }, [lines, isRead, line]);
  useKeys({ e: { title: "Next error", act: nextError } });

  const count = lines.count.value;
  return (
    <div class="log">
      <FilterBar>
        <SearchFilter label="Search the whole log" name="find" />
        {find !== "" && hits && <HitSteps key={find} {...{ hits, view }} />}
        <ChoiceFilter name="level" label="Level" options={LEVELS} isSingle usual="All levels" />
        {/* It reads the whole log: after the first lines. */}
        {flowRunId && <LineFilters id={lines.count.value === undefined ? undefined : flowRunId} />}
        <ClearFilters names={FILTERS} />
        <span class="push line">
          <Button isSmall onClick={nextError}>
            Next error
          </Button>
          <Button isSmall kind="plain" icon={ArrowUpToLine} label="To the top" onClick={toTop} />
          <Button isSmall kind="plain" icon={ArrowDownToLine} label="To the bottom" onClick={toBottom} />
          {isLive && (
            <Button isSmall class={isFollowing ? "is-set" : ""} onClick={() => setFollowing(!isFollowing)}>
              {isFollowing ? "Following" : "Follow"}
            </Button>
          )}
          <Button
            isSmall
            kind="plain"
            icon={WrapText}
            label={wraps.value ? "Keep lines on one line" : "Wrap long lines"}
            onClick={() => {
              wraps.value = wraps.value ? null : "yes";
            }}
          />
          <Button
            isSmall
            kind="plain"
            icon={isNewestFirst ? ArrowUp : ArrowDown}
            label={isNewestFirst ? "Newest first" : "Oldest first"}
            onClick={() => {
              order.value = isNewestFirst ? null : "newest";
            }}
          />
          <Downloads {...{ flowRunId, taskRunId, filter }} />
        </span>
      </FilterBar>
      {lines.error.value && (
        <div class="notice bad" role="alert">
          {lines.error.value.message}
        </div>
      )}
      {count === undefined && !lines.error.value && <Skeleton />}
      {count === 0 && <NoLines {...{ isFiltered, isLive }} />}
      {count !== undefined && count > 0 && (
        <LogWindowView
          handle={view}
          {...{ lines, find, isNewestFirst }}
          onLine={chooseLine}
          wraps={wraps.value !== null}
          isFollowing={isFollowing && isLive}
          onReaderScroll={(isAtNewest) => setFollowing(isAtNewest && isLive)}
        />
      )}
    </div>
  );
}

function NoLines({ isFiltered, isLive }: { isFiltered: boolean; isLive: boolean }) {
  if (isFiltered) return <Empty title="No line matches the filters." />;
  return (
    <Empty title={isLive ? "There are no lines yet." : "This run wrote no lines."}>
      A flow writes lines with getRunLogger() and console.log.
    </Empty>
  );
}

/** What the server finds in the whole log, for the marks and the steps from hit to hit. */
function useHits(filter: LogFilter, find: string, count: number): LogHits | undefined {
  const body = { ...filter, find: { text: find }, limit: 0 };
  const query = useQuery("searchLogs", find === "" || count === 0 ? null : { body });
  return find === "" ? undefined : query.data;
}

function HitSteps({ hits, view }: { hits: LogHits; view: RefObject<LogWindowHandle> }) {
  const address = useAddress();
  const [at, setAt] = useState(-1);
  const { positions, found } = hits;
  const go = (to: number) => {
    const position = positions[to];
    if (position === undefined) return;
    setAt(to);
    view.current?.goTo(position);
  };
  const next = () => {
    const { after } = view.current?.place() ?? { after: 0 };
    go(
      Math.max(
        0,
        positions.findIndex((position) => position >= after),
      ),
    );
  };
  const previous = () => {
    const { before } = view.current?.place() ?? { before: 0 };
    const to = positions.findLastIndex((position) => position < before);
    go(to < 0 ? positions.length - 1 : to);
  };
  useKeys({ n: { title: "Next hit in the log", act: next }, p: { title: "Hit before", act: previous } });
  const isOnly = address.one("only") === "yes";
  return (
    <span class="line" role="status">
      <span class="quiet nowrap">
        {found === 0 ? "nothing found" : `${at < 0 ? "" : `${at + 1} of `}${numberText(found)} found`}
      </span>
      <Button isSmall kind="plain" icon={ArrowUp} label="Hit before" onClick={previous} />
      <Button isSmall kind="plain" icon={ArrowDown} label="Next hit" onClick={next} />
      <label class="line small">
        <input
          type="checkbox"
          checked={isOnly}
          onChange={() => address.set({ only: isOnly ? null : "yes", line: null })}
        />
        only these
      </label>
    </span>
  );
}

function LineFilters({ id }: { id: string | undefined }) {
  const summary = useQuery("readLogSummary", id === undefined ? null : { body: { flow_run_id: id } }).data;
  const tasks = (summary?.task_runs ?? []).map((task) => ({
    value: task.id,
    title: `${task.name ?? task.id} (${task.count})`,
  }));
  const loggers = (summary?.loggers ?? []).map(({ name, count }) => ({ value: name, title: `${name} (${count})` }));
  return (
    <>
      {tasks.length > 0 && <ChoiceFilter name="task" label="Task run" options={tasks} isSingle />}
      {loggers.length > 1 && <ChoiceFilter name="logger" label="Logger" options={loggers} />}
    </>
  );
}
