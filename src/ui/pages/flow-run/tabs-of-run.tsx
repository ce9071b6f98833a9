// The tabs of a flow run beside its log: task runs, subflows, artifacts, history, parameters, details.
import { pages } from "#lib/text/page-addresses.ts";
import { visible } from "#lib/text/visible.ts";
import { numberText } from "#lib/text/words-of-numbers.ts";
import { toMillis, toTimestamp } from "#lib/time/timestamps.ts";
import type { FlowRunStory } from "#wire/runs/flow-run-stories.ts";
import type { StateType } from "#wire/runs/states.ts";
import type { Timeline } from "#wire/runs/timelines.ts";
import { to } from "../../data/base.ts";
import { type Query, useQuery } from "../../data/query.ts";
import { isNarrow } from "../../data/rows.ts";
import { Empty, NothingFound } from "../../parts/lists/empty.tsx";
import { ChoiceFilter, ClearFilters, FilterBar, SearchFilter } from "../../parts/lists/filter-bar.tsx";
import { type Column, List } from "../../parts/lists/list.tsx";
import { Loaded } from "../../parts/lists/loaded.tsx";
import { RunList } from "../../parts/runs/run-list.tsx";
import { StateBadge } from "../../parts/runs/state-badge.tsx";
import { Details } from "../../parts/text/details.tsx";
import { Id } from "../../parts/text/id.tsx";
import { JsonView } from "../../parts/text/json-view.tsx";
import { NamedLink } from "../../parts/text/named-link.tsx";
import { Duration, Time } from "../../parts/text/time.tsx";
import { useAddress } from "../../parts/use-address.ts";
import { ARTIFACT_CODE, ArtifactData } from "../artifacts/artifact-data.tsx";

interface TaskRow {
  id: string;
  name: string;
  type: StateType | null;
  state: string | null;
  start: number | null;
  end: number | null;
  tries: number;
}

const BAD: ReadonlySet<string> = new Set(["FAILED", "CRASHED"]);

export function TaskRunsTab({ timeline }: { timeline: Query<Timeline> }) {
  const address = useAddress();
  const search = (address.one("search") ?? "").toLowerCase();
  const states = address.all("state");
  const isFailedOnly = address.one("failed") === "yes"; // the timeline's, too
  return (
    <>
      <FilterBar>
        <SearchFilter label="Search names" />
        <ChoiceFilter name="state" label="State" options={optionsOf(timeline.data)} />
        <label class="line small">
          <input
            type="checkbox"
            checked={isFailedOnly}
            onChange={() => address.set({ failed: isFailedOnly ? null : "yes" }, { isReplacing: true })}
          />
          Only failed task runs
        </label>
        <ClearFilters names={["search", "state", "failed"]} />
      </FilterBar>
      <Loaded of={timeline}>
        {(found) => {
          const all = rowsOf(found);
          const rows = all
            .filter(
              ({ name, type }) =>
                name.toLowerCase().includes(search) &&
                (states.length === 0 || states.includes(type ?? "")) &&
                (!isFailedOnly || BAD.has(type ?? "")),
            )
            .toSorted((one, other) => Number(BAD.has(other.type ?? "")) - Number(BAD.has(one.type ?? "")));
          if (all.length === 0) return <Empty title="This run has no task runs." />;
          if (rows.length === 0)
            return <NothingFound clearHref={address.with({ search: null, state: null, failed: null })} />;
          return (
            <>
              {found.left_out > 0 && (
                <p class="quiet">{`${numberText(found.left_out)} task runs that did not fail are left out here.`}</p>
              )}
              <List
                {...{ rows, columns: TASKS, label: "Task runs", isOld: timeline.isOld }}
                idOf={({ id }) => id}
                hrefOf={({ id }) => to(pages.taskRun(id))}
              />
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function optionsOf(timeline: Timeline | undefined) {
  return (timeline?.states ?? []).flatMap(({ state_type: type, count }) =>
    type ? [{ value: type, title: `${type.slice(0, 1)}${type.slice(1).toLowerCase()} (${count})` }] : [],
  );
}

function rowsOf({ task_runs: columns }: Timeline): TaskRow[] {
  return columns.ids.map((id, at) => ({
    id,
    name: columns.names[at] ?? "",
    type: columns.state_types[at] ?? null,
    state: columns.state_names[at] ?? null,
    start: columns.starts[at] ?? null,
    end: columns.ends[at] ?? null,
    tries: columns.run_counts[at] ?? 0,
  }));
}

const TASKS: Column<TaskRow>[] = [
  {
    title: "Task run",
    cell: ({ id, name }) => (
      <a class="main-link" href={to(pages.taskRun(id))}>
        {name}
      </a>
    ),
  },
  {
    title: "State",
    width: "150px",
    cell: ({ type, state, start }) => <StateBadge type={type} name={state} turnsFrom={start ?? undefined} />,
  },
  {
    title: "Start",
    width: "150px",
    gives: "second",
    cell: ({ start }) => <Time at={start === null ? null : toTimestamp(start)} />,
  },
  {
    title: "Duration",
    width: "110px",
    gives: "second",
    cell: ({ start, end, type }) =>
      start !== null &&
      (type === "RUNNING" ? (
        <Duration since={toTimestamp(start)} isInList />
      ) : (
        <Duration seconds={end === null ? undefined : (end - start) / 1000} />
      )),
  },
  { title: "Tries", width: "70px", gives: "third", isEndAligned: true, cell: ({ tries }) => tries },
];

export function SubflowsTab({ id }: { id: string }) {
  return (
    <RunList
      filters={{ flow_runs: { parent_flow_run_id: { any_: [id] } } }}
      empty={<Empty title="This run has started no other flows." />}
    />
  );
}

const MOST = 50;

/** Of a flow run or of a task run. */
export function ArtifactsTab({
  of,
}: {
  of: { flow_run_id: { any_: string[] } } | { task_run_id: { any_: string[] } };
}) {
  const list = useQuery("listArtifacts", { body: { artifacts: of, sort: "CREATED_DESC", limit: MOST } });
  return (
    <Loaded of={list}>
      {(rows) =>
        rows.length === 0 ? (
          <Empty title="There are no results and no artifacts." code={ARTIFACT_CODE}>
            A flow keeps results with persistResult, and leaves texts, tables and links for people.
          </Empty>
        ) : (
          <div class="stack">
            {rows.map((artifact) => (
              <section key={artifact.id} class="artifact-card">
                <h2 class="line">
                  <a class="main-link" href={to(pages.artifact(artifact.id))}>
                    {artifact.key ?? artifact.type ?? "artifact"}
                  </a>
                  {artifact.type && <span class="tag">{artifact.type}</span>}
                </h2>
                <ArtifactData artifact={artifact} />
              </section>
            ))}
          </div>
        )
      }
    </Loaded>
  );
}

type Past = FlowRunStory["states"][number];

export function HistoryTab({ states }: { states: readonly Past[] }) {
  const rows = states.map((state, at) => ({ ...state, after: secondsAfter(states[at - 1], state) })).toReversed();
  return <List {...{ rows, columns: HISTORY, label: "States, the newest first" }} idOf={({ id }) => id} />;
}

function secondsAfter(before: Past | undefined, state: Past): number | undefined {
  return before && (toMillis(state.timestamp) - toMillis(before.timestamp)) / 1000;
}

const HISTORY: Column<Past & { after: number | undefined }>[] = [
  { title: "State", width: "130px", cell: ({ type, name }) => <StateBadge type={type} name={name} /> },
  {
    title: "At",
    width: "264px",
    gives: "second",
    cell: ({ timestamp }) => <Time at={timestamp} as={isNarrow.value ? "clockWithSeconds" : "exact"} />,
  },
  { title: "After", width: "90px", gives: "third", cell: ({ after }) => <Duration seconds={after} /> },
  {
    title: "Message",
    gives: "second",
    cell: ({ message }) => (
      <span class="cut" title={visible(message ?? "")}>
        {visible(message ?? "")}
      </span>
    ),
  },
];

export function ParametersTab({ id }: { id: string }) {
  const run = useQuery("readFlowRun", { params: { id } });
  return <Loaded of={run}>{({ parameters }) => <JsonView value={parameters} label="Parameters" />}</Loaded>;
}

export function DetailsTab({ id }: { id: string }) {
  const query = useQuery("readFlowRun", { params: { id } });
  return (
    <Loaded of={query}>
      {(run) => (
        <Details
          facts={[
            ["Message", run.state?.message && visible(run.state.message)],
            ["Run count", run.run_count],
            ["Created", <Time at={run.created} as="exact" />],
            ["Created by", run.created_by?.display_value],
            ["Expected start", <Time at={run.expected_start_time} as="exact" />],
            ["Started", <Time at={run.start_time} as="exact" />],
            ["Ended", <Time at={run.end_time} as="exact" />],
            [
              "Work pool",
              run.work_pool_name && (
                <a class="link" href={to(pages.workPool(run.work_pool_name))}>
                  {run.work_pool_name}
                </a>
              ),
            ],
            [
              "Work queue",
              run.work_queue_name &&
                (run.work_pool_name ? (
                  <a class="link" href={to(pages.poolQueue(run.work_pool_name, run.work_queue_name))}>
                    {run.work_queue_name}
                  </a>
                ) : (
                  run.work_queue_name
                )),
            ],
            ["Code version", run.flow_version],
            ["Retries", run.empirical_policy.retries],
            ["Seconds between tries", run.empirical_policy.retry_delay],
            ["Process", run.infrastructure_pid],
            ["Idempotency key", run.idempotency_key],
            ["Parent task run", run.parent_task_run_id && <NamedLink kind="taskRun" id={run.parent_task_run_id} />],
            ["Id", <Id id={run.id} />],
          ]}
        />
      )}
    </Loaded>
  );
}
