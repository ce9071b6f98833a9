// What can be done with a deployment: switch its schedules, run it, change it, delete it.
import { pages } from "#lib/text/page-addresses.ts";
import type { DeploymentActivity } from "#wire/deployments/deployment-activity.ts";
import type { Deployment } from "#wire/deployments/deployments.ts";
import { to } from "../../data/base.ts";
import { call } from "../../data/call.ts";
import { change, refreshAll, showAlready } from "../../data/query.ts";
import { attempt } from "../../parts/forms/attempt.ts";
import { confirm, named } from "../../parts/forms/confirm.tsx";
import { Switch } from "../../parts/forms/switch.tsx";
import { shellWord } from "../../parts/text/command.tsx";
import { missingNames } from "./parameter-notes.ts";

type Named = Pick<DeploymentActivity, "id" | "name" | "flow_name">;

export function fullName({ flow_name, name }: Pick<Named, "flow_name" | "name">): string {
  return `${flow_name}/${name}`;
}

/** On: its schedules make runs. */
export function scheduleSwitch({
  id,
  paused,
  schedules,
  ...names
}: Named & Pick<DeploymentActivity, "paused" | "schedules">) {
  if (schedules.length === 0) return null;
  const isOn = !paused && schedules.some(({ active }) => active);
  const title = fullName(names);
  const flip = async (on: boolean) => {
    showAlready("readDeploymentActivity", (page) => ({
      ...page,
      deployments: page.deployments.map((one) =>
        one.id === id
          ? { ...one, paused: !on, schedules: one.schedules.map((each) => ({ ...each, active: on })) }
          : one,
      ),
    }));
    const name = on ? "setScheduleActive" : "setScheduleInactive";
    const done = on ? `The schedule of ${title} is on.` : `The schedule of ${title} is off: it makes no runs.`;
    if (!(await attempt(() => change(name, { params: { id } }), done))) refreshAll();
  };
  return <Switch isOn={isOn} label={`Schedule of ${title}`} onChange={flip} />;
}

/** Runs a deployment with its own parameters; where some are needed, resolves to the form to fill in. */
export async function quickRun(one: Named, route: (address: string) => void): Promise<void> {
  let deployment: Deployment;
  try {
    deployment = await call("readDeployment", { params: { id: one.id } });
  } catch (error) {
    await attempt(() => Promise.reject(error), "");
    return;
  }
  const { parameter_openapi_schema: schema, parameters } = deployment;
  if (missingNames(schema, parameters).length > 0) return route(to(pages.runDeployment(one.id)));
  const body = { state: { type: "SCHEDULED" as const, message: "Run from the UI with defaults" } };
  await attempt(
    () => change("createDeploymentFlowRun", { params: { id: one.id }, body }),
    (run) => ({
      text: `${run.name} starts as soon as an agent takes it.`,
      link: { title: "Open", href: to(pages.flowRun(run.id)) },
    }),
  );
}

/** Resolves to whether they are gone. */
export async function removedDeployments(chosen: readonly Named[]): Promise<boolean> {
  const names = chosen.map(fullName);
  const body = "Their scheduled runs are deleted with them; runs that were executed stay. This cannot be taken back.";
  const command = names.map((name) => `orch deployment delete ${shellWord(name)}`).join(" && ");
  if (!(await confirm({ title: named("Delete", "deployment", names), body, command, action: "Delete" }))) return false;
  const act = () => Promise.all(chosen.map(({ id }) => change("deleteDeployment", { params: { id } })));
  return attempt(act, names.length === 1 ? `Deleted ${names[0]}.` : `Deleted ${names.length} deployments.`);
}
