// Shows the runs: is everything all right? Their numbers by state, a chart of the whole range, and the list; all by the filters
// of the address.
import { useEffect, useRef, useState } from "preact/hooks";
import { pages } from "#lib/text/page-addresses.ts";
import { to } from "../data/base.ts";
import { now } from "../data/clock.ts";
import { useQuery } from "../data/query.ts";
import { remembered } from "../data/storage.ts";
import { isVisible } from "../data/visibility.ts";
import type { Address } from "../parts/address.ts";
import { Empty, NothingFound } from "../parts/lists/empty.tsx";
import { ChoiceFilter, ClearFilters, FilterBar, SearchFilter } from "../parts/lists/filter-bar.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { RunDots } from "../parts/runs/run-dots.tsx";
import { RunList } from "../parts/runs/run-list.tsx";
import { StateBadge } from "../parts/runs/state-badge.tsx";
import { useAddress } from "../parts/use-address.ts";
import { RangeMenu } from "./flow-runs/range-menu.tsx";
import { RunCounts } from "./flow-runs/run-counts.tsx";
import { countsAndDots, endOfMinute, filtersOf, NAMES, rangeOf, STATES, typeOf } from "./flow-runs/run-filters.ts";
import { ViewsMenu } from "./flow-runs/views-menu.tsx";

const MOST = 200;

export default function FlowRunsPage() {
  const address = useAddress();
  const range = rangeOf(address, useMinute());
  const filters = filtersOf(address, range);
  const { data: overview, isOld, error } = useQuery("readFlowRunPage", { body: countsAndDots(filters) });
  const isThere = overview !== undefined;
  const isFiltered = NAMES.some((name) => address.all(name).length > 0);
  useLastRange(address, isFiltered);
  return (
    <>
      <PageHead title="Runs" actions={<ViewsMenu isWanted={isThere} />} />
      <FilterBar>
        <RangeMenu range={range} />
        <Choices isWanted={isThere || ["flow", "deployment"].some((name) => address.one(name) !== undefined)} />
        <SearchFilter label="Search names" />
        <ClearFilters names={NAMES} />
      </FilterBar>
      {overview?.counts ? <RunCounts {...{ counts: overview.counts, isOld }} /> : !error && <div class="run-counts" />}
      {overview?.dots ? (
        <RunDots
          {...{ dots: overview.dots, from: range.from, to: range.to }}
          isFitted={address.one("from") === undefined && address.one("to") === undefined}
          onZoom={(from, until) =>
            address.set({ range: null, from: new Date(from).toISOString(), to: new Date(until).toISOString() })
          }
        />
      ) : (
        !error && <div class="run-dots" />
      )}
      <RunList
        filters={filters}
        count={overview?.counts?.count ?? null}
        empty={
          isFiltered ? (
            <NothingFound clearHref={to(pages.runs())} />
          ) : (
            <Empty title="There are no runs in the last 7 days." command="orch deployment run FLOW/DEPLOYMENT">
              A run appears here as soon as it is planned. New here? <code>orch init</code> writes a first project.
            </Empty>
          )
        }
      />
    </>
  );
}

const lastRange = remembered("range");

/** Opened without filters, the page has the range of the last time; as all filters are, it is in the address. */
function useLastRange(address: Address, isFiltered: boolean): void {
  const isOpened = useRef(false);
  const value = address.one("range") ?? null;
  useEffect(() => {
    // The page may stay drawn while the next one loads.
    if (location.pathname !== to(pages.runs())) return;
    const isFirst = !isOpened.current;
    isOpened.current = true;
    if (isFirst && !isFiltered && lastRange.peek() !== null)
      address.set({ range: lastRange.peek() }, { isReplacing: true });
    else if (!isFirst || value !== null) lastRange.value = value;
  }, [value]);
}

/** The end of the running minute, in milliseconds. */
function useMinute(): number {
  const [minute, setMinute] = useState(() => endOfMinute(now()));
  const isSeen = isVisible.value;
  useEffect(() => {
    if (!isSeen) return;
    let timer: ReturnType<typeof setTimeout>;
    // An answer may set the clock back meanwhile: the same minute is then waited for again.
    const follow = () => {
      const end = endOfMinute(now());
      setMinute(end);
      timer = setTimeout(follow, end - now() + 1);
    };
    follow();
    return () => clearTimeout(timer);
  }, [isSeen]);
  return minute;
}

const STATE_OPTIONS = STATES.map((word) => ({
  ...{ value: word, title: word },
  mark: <StateBadge type={typeOf(word)} name={word} />,
}));

/** What can be chosen is read after the runs, unless its names stand in the address. */
function Choices({ isWanted }: { isWanted: boolean }) {
  const body = isWanted ? { body: { limit: MOST } } : null;
  const flows = useQuery("listFlows", body).data ?? [];
  const deployments = useQuery("listDeployments", body).data ?? [];
  const pools = useQuery("listWorkPools", body).data ?? [];
  const flowNames = new Map(flows.map(({ id, name }) => [id, name]));
  const tags = [...new Set(deployments.flatMap((deployment) => deployment.tags))].sort();
  return (
    <>
      <ChoiceFilter name="state" label="State" options={STATE_OPTIONS} />
      <ChoiceFilter name="flow" label="Flow" options={flows.map(({ id, name }) => ({ value: id, title: name }))} />
      <ChoiceFilter
        name="deployment"
        label="Deployment"
        options={deployments.map(({ id, name, flow_id }) => ({
          ...{ value: id, title: `${flowNames.get(flow_id) ?? "…"}/${name}` },
        }))}
      />
      <ChoiceFilter name="pool" label="Pool" options={pools.map(({ name }) => ({ value: name, title: name }))} />
      <ChoiceFilter name="tag" label="Tag" options={tags.map((tag) => ({ value: tag, title: tag }))} />
    </>
  );
}
