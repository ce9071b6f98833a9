// Runs a deployment with parameters, tags and a time of the reader's choice; or a run again, with changes.

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { isObject, type JsonObject } from "#lib/json.ts";
import { own } from "#lib/own.ts";
import { pages } from "#lib/text/page-addresses.ts";
import { toTimestamp } from "#lib/time/timestamps.ts";
import type { Deployment } from "#wire/deployments/deployments.ts";
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import { to } from "../data/base.ts";
import { nameOf } from "../data/names.ts";
import { change, useQuery } from "../data/query.ts";
import { clock, zone } from "../data/zone.ts";
import { Field } from "../parts/forms/field.tsx";
import { FormPage } from "../parts/forms/form-page.tsx";
import { toast } from "../parts/forms/toasts.tsx";
import { Loaded } from "../parts/lists/loaded.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { fieldsOf, isSame } from "../parts/schema/schema.ts";
import { missingWithin } from "../parts/schema/schema-faults.ts";
import { SchemaForm } from "../parts/schema/schema-form.tsx";
import { Command, shellWord } from "../parts/text/command.tsx";
import { tagsOf, textOfTags } from "../parts/text/tag-text.ts";
import { useAddress } from "../parts/use-address.ts";
import { ListenNotice } from "./deployment/listeners.tsx";
import { quoted, unknownNames } from "./deployment/parameter-notes.ts";
import type { PageProps } from "./registry.ts";

export default function RunDeploymentPage({ params: { id } }: PageProps<"id">) {
  const copy = useAddress().one("copy");
  const query = useQuery("readDeployment", { params: { id } });
  const copied = useQuery("readFlowRun", copy ? { params: { id: copy } } : null);
  return (
    <Loaded of={query} record="deployment">
      {(deployment) =>
        copy && !copied.data && !copied.error ? null : <RunForm key={id} {...{ deployment, copied: copied.data }} />
      }
    </Loaded>
  );
}

function RunForm({ deployment, copied }: { deployment: Deployment; copied: FlowRun | undefined }) {
  const { route } = useLocation();
  const flow = nameOf("flow", deployment.flow_id) ?? "…";
  const schema = isObject(deployment.parameter_openapi_schema) ? deployment.parameter_openapi_schema : {};
  const defaults = defaultsOf(deployment, schema);
  const [parameters, setParameters] = useState<JsonObject>({ ...defaults, ...copied?.parameters });
  const [name, setName] = useState("");
  const [message, setMessage] = useState("Created from the UI");
  const [tags, setTags] = useState(textOfTags(copied?.tags.filter((tag) => !deployment.tags.includes(tag)) ?? []));
  const [isLater, setLater] = useState(false);
  const [at, setAt] = useState("");
  const [retries, setRetries] = useState(copied?.empirical_policy.retries?.toString() ?? "");
  const [delay, setDelay] = useState(copied?.empirical_policy.retry_delay?.toString() ?? "");
  const start = isLater ? startOf(at) : undefined;
  const lacking = fieldsOf(schema, schema).filter(
    (field) => field.isRequired && !Object.hasOwn(parameters, field.name),
  );
  const unknown = unknownNames(deployment.parameter_openapi_schema, parameters);
  const activity = useQuery("readDeploymentActivity", {
    body: { deployments: { id: { any_: [deployment.id] } }, runs: 0 },
  });
  const active = activity.data?.deployments[0];
  const faultOf = (text: string) => (/^\d{0,6}$/.test(text) ? undefined : "A whole number.");
  const isWrong = [retries, delay].some((text) => faultOf(text) !== undefined);

  async function run(): Promise<void> {
    const empirical_policy = {
      ...(retries === "" ? {} : { retries: Number(retries) }),
      ...(delay === "" ? {} : { retry_delay: Number(delay) }),
    };
    const body = {
      ...(name === "" ? {} : { name }),
      parameters: changedOnly(parameters, defaults),
      tags: tagsOf(tags),
      empirical_policy,
      state: {
        type: "SCHEDULED" as const,
        message,
        ...(start ? { state_details: { scheduled_time: start } } : {}),
      },
    };
    const made = await change("createDeploymentFlowRun", { params: { id: deployment.id }, body });
    toast({ text: `${made.name} ${isLater ? "is scheduled" : "starts as soon as an agent takes it"}.` });
    route(to(pages.flowRun(made.id)));
  }

  return (
    <>
      <PageHead
        title={copied ? `Run again as ${copied.name}` : "Custom run"}
        crumbs={[
          { title: flow, href: to(pages.flow(deployment.flow_id)) },
          { title: deployment.name, href: to(pages.deployment(deployment.id)) },
        ]}
      />
      <FormPage
        action={isLater ? "Schedule the run" : "Run"}
        isWrong={isWrong}
        missing={[
          ...lacking.map((field) => field.name),
          ...missingWithin(schema, parameters),
          ...(isLater && start === null ? ["Start at"] : []),
        ]}
        onSubmit={run}
        cancelHref={to(pages.deployment(deployment.id))}
        command={
          <span>
            <Command>{commandOf(`${flow}/${deployment.name}`, changedOnly(parameters, defaults))}</Command>
          </span>
        }
      >
        <h2>Parameters</h2>
        <SchemaForm {...{ schema, defaults }} value={parameters} onChange={setParameters} label="Parameters" />
        <h2>The run</h2>
        <Field label="Name" hint="Empty: two words of the server's choice.">
          {(control) => <input {...control} value={name} onInput={(event) => setName(event.currentTarget.value)} />}
        </Field>
        <Field
          label="Start"
          fault={isLater && at !== "" && start === null ? "A date and time, as 2026-11-27T14:30." : undefined}
        >
          {(control) => (
            <span class="line">
              <label class="line">
                <input type="radio" checked={!isLater} onChange={() => setLater(false)} /> now
              </label>
              <label class="line">
                <input type="radio" checked={isLater} onChange={() => setLater(true)} /> later
              </label>
              {isLater && (
                <>
                  <input
                    {...control}
                    type="datetime-local"
                    aria-label="Start at"
                    value={at}
                    onInput={(event) => setAt(event.currentTarget.value)}
                  />
                  <span class="quiet">{zone.value}</span>
                </>
              )}
            </span>
          )}
        </Field>
        <Field
          label="Tags"
          hint={`Separated by commas${deployment.tags.length > 0 ? `; besides ${deployment.tags.join(", ")}` : ""}.`}
        >
          {(control) => <input {...control} value={tags} onInput={(event) => setTags(event.currentTarget.value)} />}
        </Field>
        <div class="line">
          <Field label="Retries" fault={faultOf(retries)}>
            {(control) => (
              <input
                {...control}
                inputMode="numeric"
                value={retries}
                onInput={(event) => setRetries(event.currentTarget.value)}
              />
            )}
          </Field>
          <Field label="Seconds between tries" fault={faultOf(delay)}>
            {(control) => (
              <input
                {...control}
                inputMode="numeric"
                value={delay}
                onInput={(event) => setDelay(event.currentTarget.value)}
              />
            )}
          </Field>
        </div>
        <Field label="Message" hint="Said in the history of the run.">
          {(control) => (
            <input {...control} value={message} onInput={(event) => setMessage(event.currentTarget.value)} />
          )}
        </Field>
        {unknown.length > 0 && (
          <p class="notice">{`The flow has no parameter ${quoted(unknown)}: the run will fail.`}</p>
        )}
        {active && <ListenNotice of={active} />}
      </FormPage>
    </>
  );
}

/** `null` for what is no date and time. */
function startOf(local: string): string | null {
  const millis = clock.value.read(local);
  return Number.isNaN(millis) ? null : toTimestamp(millis);
}

/** What the run has without the reader's word: the deployment's own values, and the flow's defaults. */
function defaultsOf({ parameters }: Deployment, schema: JsonObject): JsonObject {
  const own = fieldsOf(schema, schema).flatMap(({ name, schema: field }) =>
    field["default"] === undefined ? [] : [[name, field["default"]] as const],
  );
  return { ...Object.fromEntries(own), ...parameters };
}

function changedOnly(parameters: JsonObject, defaults: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(parameters).filter(([name, value]) => !isSame(value, own(defaults, name))));
}

function commandOf(title: string, parameters: JsonObject): string {
  const given = Object.entries(parameters).map(
    ([name, value]) => `--param ${shellWord(`${name}=${JSON.stringify(value)}`)}`,
  );
  return [`orch deployment run ${shellWord(title)}`, ...given].join(" ");
}
