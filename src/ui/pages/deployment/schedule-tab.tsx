// Shows the schedule of a deployment in words with its next runs, and changes or removes it; and what becomes of runs that overlap or are late.
import { CalendarClock, Layers, Pencil, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import type { DeploymentActivity } from "#wire/deployments/deployment-activity.ts";
import type { Deployment } from "#wire/deployments/deployments.ts";
import { change } from "../../data/query.ts";
import { Button } from "../../parts/button.tsx";
import { attempt } from "../../parts/forms/attempt.ts";
import { confirm } from "../../parts/forms/confirm.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { shellWord } from "../../parts/text/command.tsx";
import { fullName } from "./actions.tsx";
import { PolicyDialog, policyWords, useRunPolicy } from "./run-policies.tsx";
import { ScheduleDialog } from "./schedule-dialog.tsx";
import { SchedulePreviewList } from "./schedule-preview.tsx";

export function ScheduleTab({ deployment, active }: { deployment: Deployment; active: DeploymentActivity }) {
  const { id, schedule } = deployment;
  const [opened, setOpened] = useState<"schedule" | "policy">();
  const policy = useRunPolicy(id);
  const title = fullName(active);

  async function remove(): Promise<void> {
    const question = {
      title: `Remove the schedule of ${title}?`,
      body: "Runs that it has made and that are not due yet go with it.",
      command: `orch deployment set-schedule ${shellWord(title)} --none`,
      action: "Remove",
    };
    if (!(await confirm(question))) return;
    const act = () => change("updateDeployment", { params: { id }, body: { schedule: null } });
    await attempt(act, `${title} has no schedule any more.`);
  }

  return (
    <div class="stack">
      <div class="line">
        <Button icon={schedule ? Pencil : CalendarClock} onClick={() => setOpened("schedule")} disabled={!policy}>
          {schedule ? "Change the schedule" : "Add a schedule"}
        </Button>
        {schedule && (
          <Button icon={Trash2} onClick={remove}>
            Remove
          </Button>
        )}
        <Button icon={Layers} onClick={() => setOpened("policy")} disabled={!policy}>
          Overlap and catch-up
        </Button>
      </div>
      {active.schedules.length > 1 && (
        <p class="quiet">{`It has ${active.schedules.length} schedules, as clients later than 2.10 make them; this is the first.`}</p>
      )}
      {schedule ? (
        <SchedulePreviewList schedule={schedule} />
      ) : (
        <Empty
          title="It has no schedule."
          command={`orch deployment set-schedule ${shellWord(title)} --cron "0 9 * * *"`}
        >
          It runs when you or another flow start it.
        </Empty>
      )}
      {policy && (
        <p class="quiet">
          {policyWords(policy).join(" ") || "Every run starts, whatever else is under way and however late it is."}
        </p>
      )}
      {opened === "policy" && policy && (
        <PolicyDialog {...{ id, title, policy }} onClose={() => setOpened(undefined)} />
      )}
      {opened === "schedule" && policy && (
        <ScheduleDialog
          {...{ title, schedule, policy }}
          onClose={() => setOpened(undefined)}
          save={(next, changed) =>
            change("updateDeployment", {
              params: { id },
              // A first schedule is on; another one leaves the switch as it is.
              body: { schedule: next, run_policy: changed, ...(schedule ? {} : { is_schedule_active: true }) },
            })
          }
        />
      )}
    </div>
  );
}
