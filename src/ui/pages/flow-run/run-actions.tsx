// What can be done with a flow run: retry, resume, pause, cancel, change its state, run it again with changes, delete it.
import { Ban, CirclePause, Copy, CopyPlus, Ellipsis, Pencil, Play, RotateCcw, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { pages } from "#lib/text/page-addresses.ts";
import type { FlowRunRow } from "#wire/runs/flow-run-pages.ts";
import type { StateInput, StateType } from "#wire/runs/states.ts";
import { to } from "../../data/base.ts";
import { now } from "../../data/clock.ts";
import { change } from "../../data/query.ts";
import { linkTo } from "../../parts/address.ts";
import { Button } from "../../parts/button.tsx";
import { attempt } from "../../parts/forms/attempt.ts";
import { confirm } from "../../parts/forms/confirm.tsx";
import { Menu, MenuItem } from "../../parts/menu.tsx";
import { copyText } from "../../parts/text/copy.tsx";
import { StateDialog } from "./state-dialog.tsx";

const ENDED: ReadonlySet<StateType> = new Set(["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]);
const PAUSE_SECONDS = 300;

export function isEnded(type: StateType | null): boolean {
  return type !== null && ENDED.has(type);
}

/** As Prefect's own UI sends it: forced, so that the reader's word counts. */
function set(id: string, state: StateInput): Promise<unknown> {
  return change("setFlowRunState", { params: { id }, body: { state, force: true } });
}

export function RunActions({ run }: { run: FlowRunRow }) {
  const { id, name, state_type: type, deployment_id: deployment } = run;
  const { route } = useLocation();
  const [isChanging, setChanging] = useState(false);
  const ended = isEnded(type);
  const label = `More actions on ${name}`;

  const retry = () =>
    attempt(
      () => set(id, { type: "SCHEDULED", name: "AwaitingRetry", message: "Retry from the UI" }),
      `${name} starts again as soon as an agent takes it.`,
    );
  const pause = () => {
    const until = new Date(now() + PAUSE_SECONDS * 1000).toISOString();
    const state_details = { pause_timeout: until, pause_reschedule: false };
    return attempt(
      () => set(id, { type: "PAUSED", name: "Paused", message: "Paused from the UI", state_details }),
      `${name} pauses before its next task, for five minutes at most.`,
    );
  };
  async function cancel(): Promise<void> {
    const question = {
      title: `Cancel ${name}?`,
      body: "Its process is stopped, and so are the runs that it started.",
      command: `orch flow-run cancel ${id}`,
      action: "Cancel the run",
    };
    if (!(await confirm(question))) return;
    // Not forced: what no agent has begun is cancelled at once.
    const state = { type: "CANCELLING" as const, name: "Cancelling", message: "Cancelled from the UI" };
    const body = { state, force: false };
    await attempt(() => change("setFlowRunState", { params: { id }, body }), `Cancelling ${name}.`);
  }
  async function remove(): Promise<void> {
    const question = {
      title: `Delete the flow run ${name}?`,
      body: "Its logs and task runs are deleted with it. This cannot be taken back.",
      command: `orch flow-run delete ${id}`,
      action: "Delete",
    };
    if (!(await confirm(question))) return;
    if (await attempt(() => change("deleteFlowRun", { params: { id } }), `Deleted ${name}.`))
      route(to(pages.runs()), true);
  }

  return (
    <>
      {ended && deployment && (
        <Button icon={RotateCcw} onClick={retry}>
          Retry
        </Button>
      )}
      {type === "PAUSED" && (
        <Button
          kind="main"
          icon={Play}
          onClick={() => attempt(() => change("resumeFlowRun", { params: { id }, body: {} }), `${name} goes on.`)}
        >
          Resume
        </Button>
      )}
      {!ended && type !== "CANCELLING" && (
        <Button icon={Ban} onClick={cancel}>
          Cancel
        </Button>
      )}
      <Menu button={{ icon: Ellipsis, label }} label={label}>
        {() => (
          <>
            {type === "RUNNING" && (
              <MenuItem icon={CirclePause} onClick={pause}>
                Pause
              </MenuItem>
            )}
            {deployment && (
              <MenuItem icon={CopyPlus} href={linkTo(to(pages.runDeployment(deployment)), { copy: id })}>
                Copy to a new run
              </MenuItem>
            )}
            <MenuItem icon={Pencil} onClick={() => setChanging(true)}>
              Change the state
            </MenuItem>
            <MenuItem icon={Copy} onClick={() => copyText(id)}>
              Copy the id
            </MenuItem>
            <MenuItem icon={Trash2} isDanger onClick={remove}>
              Delete
            </MenuItem>
          </>
        )}
      </Menu>
      {isChanging && <StateDialog name={name} set={(state) => set(id, state)} onClose={() => setChanging(false)} />}
    </>
  );
}
