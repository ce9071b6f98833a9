// Shows the schedule of a deployment in words with its next runs, and changes or removes it.
import { CalendarClock, Pencil, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import type { DeploymentActivity } from "#wire/deployment-activity.ts";
import type { Deployment } from "#wire/deployments.ts";
import type { ScheduleInput } from "#wire/schedules.ts";
import { change } from "../../data/query.ts";
import { attempt } from "../../parts/attempt.ts";
import { Button } from "../../parts/button.tsx";
import { shellWord } from "../../parts/command.tsx";
import { confirm } from "../../parts/confirm.tsx";
import { Empty } from "../../parts/empty.tsx";
import { fullName } from "./actions.tsx";
import { ScheduleDialog } from "./schedule-dialog.tsx";
import { SchedulePreviewList } from "./schedule-preview.tsx";

export function ScheduleTab({ deployment, active }: { deployment: Deployment; active: DeploymentActivity }) {
  const { id, schedule } = deployment;
  const [isOpen, setOpen] = useState(false);
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
        <Button icon={schedule ? Pencil : CalendarClock} onClick={() => setOpen(true)}>
          {schedule ? "Change the schedule" : "Add a schedule"}
        </Button>
        {schedule && (
          <Button icon={Trash2} onClick={remove}>
            Remove
          </Button>
        )}
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
          It runs when somebody, or another flow, runs it.
        </Empty>
      )}
      {isOpen && (
        <ScheduleDialog
          title={title}
          schedule={schedule}
          onClose={() => setOpen(false)}
          save={(next: ScheduleInput) =>
            change("updateDeployment", { params: { id }, body: { schedule: next, is_schedule_active: true } })
          }
        />
      )}
    </div>
  );
}
