// Edits a schedule: cron, interval or rrule, with what it means as one types.
import { useState } from "preact/hooks";
import type { Schedule, ScheduleInput } from "#wire/schedules.ts";
import { CallError } from "../../data/call.ts";
import { BROWSER_ZONE } from "../../data/zone.ts";
import { Button } from "../../parts/button.tsx";
import { Command, shellWord } from "../../parts/command.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { toast } from "../../parts/toasts.tsx";
import { PreviewTable, useSchedulePreview } from "./schedule-preview.tsx";

export interface ScheduleDialogProps {
  /** Of the deployment: `flow/name`. */
  title: string;
  schedule: Schedule | null;
  save: (schedule: ScheduleInput) => Promise<unknown>;
  onClose: () => void;
}

const KINDS = ["cron", "interval", "rrule"] as const;
type Kind = (typeof KINDS)[number];
const TITLES: Record<Kind, string> = { cron: "Cron", interval: "Interval", rrule: "RRule" };
const UNITS = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;
type Unit = keyof typeof UNITS;

interface Draft {
  kind: Kind;
  cron: string;
  isDayOr: boolean;
  every: string;
  unit: Unit;
  anchor: string;
  rrule: string;
  zone: string;
}

export function ScheduleDialog({ title, schedule, save, onClose }: ScheduleDialogProps) {
  const [draft, setDraft] = useState(() => draftOf(schedule));
  const [fault, setFault] = useState<string>();
  const set = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const next = scheduleOf(draft);
  const preview = useSchedulePreview(next);
  const problem = next === null ? undefined : preview.data?.problem;
  const isWrong = next === null || (problem !== null && problem !== undefined) || preview.isOld;

  async function store(): Promise<void> {
    if (!next) return;
    try {
      await save(next);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      return setFault(error.message);
    }
    onClose();
    toast({ text: `${title} has a new schedule.` });
  }

  const foot = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind="main" type="submit" disabled={isWrong}>
        Save
      </Button>
    </>
  );
  return (
    <Dialog title={`Schedule of ${title}`} onClose={onClose} onSubmit={store} foot={foot} isWide>
      <div class="stack">
        <div class="line" role="radiogroup" aria-label="Kind of schedule">
          {KINDS.map((kind) => (
            <label class="line" key={kind}>
              <input type="radio" checked={draft.kind === kind} onChange={() => set({ kind })} />
              {TITLES[kind]}
            </label>
          ))}
        </div>
        <KindFields
          draft={draft}
          set={set}
          fault={problem && problem.field !== "timezone" ? problem.sentence : fault}
        />
        <Field
          label="Time zone"
          hint="The schedule follows the clocks of this zone."
          fault={problem?.field === "timezone" ? problem.sentence : undefined}
        >
          {(control) => (
            <>
              <input
                {...control}
                list="zones"
                value={draft.zone}
                onInput={(event) => set({ zone: event.currentTarget.value })}
              />
              <datalist id="zones">
                {Intl.supportedValuesOf("timeZone").map((name) => (
                  <option value={name} key={name} />
                ))}
              </datalist>
            </>
          )}
        </Field>
        {next && preview.data && !problem && <PreviewTable preview={preview.data} />}
        {next && !problem && <Command>{commandOf(title, draft)}</Command>}
      </div>
    </Dialog>
  );
}

interface KindProps {
  draft: Draft;
  set: (part: Partial<Draft>) => void;
  fault: string | undefined;
}

function KindFields({ draft, set, fault }: KindProps) {
  if (draft.kind === "cron") {
    return (
      <Field label="Cron" hint="Minute, hour, day of the month, month, day of the week." fault={fault}>
        {(control) => (
          <input
            {...control}
            class="mono"
            value={draft.cron}
            onInput={(event) => set({ cron: event.currentTarget.value })}
          />
        )}
      </Field>
    );
  }
  if (draft.kind === "rrule") {
    return (
      <Field label="RRule" hint="As in RFC 5545, for example FREQ=WEEKLY;BYDAY=MO,WE." fault={fault}>
        {(control) => (
          <textarea
            {...control}
            class="mono"
            rows={3}
            value={draft.rrule}
            onInput={(event) => set({ rrule: event.currentTarget.value })}
          />
        )}
      </Field>
    );
  }
  return (
    <>
      <Field label="Every" fault={/^\d+(\.\d+)?$/.test(draft.every) ? fault : "A number above 0."}>
        {(control) => (
          <span class="line nowrap">
            <input
              {...control}
              inputMode="decimal"
              value={draft.every}
              onInput={(event) => set({ every: event.currentTarget.value.trim() })}
            />
            <select
              aria-label="Unit"
              value={draft.unit}
              onChange={({ currentTarget: { value } }) => set({ unit: value in UNITS ? (value as Unit) : draft.unit })}
            >
              {Object.keys(UNITS).map((unit) => (
                <option key={unit}>{unit}</option>
              ))}
            </select>
          </span>
        )}
      </Field>
      <Field label="Counted from" hint="A date and time, such as 2026-11-27T09:00; empty: from now.">
        {(control) => (
          <input
            {...control}
            value={draft.anchor}
            onInput={(event) => set({ anchor: event.currentTarget.value.trim() })}
          />
        )}
      </Field>
    </>
  );
}

function draftOf(schedule: Schedule | null): Draft {
  const none = {
    cron: "0 9 * * *",
    isDayOr: true,
    every: "1",
    unit: "hours" as Unit,
    anchor: "",
    rrule: "FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0",
  };
  const zone = schedule?.timezone ?? BROWSER_ZONE;
  if (schedule && "interval" in schedule) {
    const unit =
      (["days", "hours", "minutes"] as const).find((each) => schedule.interval % UNITS[each] === 0) ?? "seconds";
    const every = String(schedule.interval / UNITS[unit]);
    return { ...none, kind: "interval", every, unit, anchor: schedule.anchor_date ?? "", zone };
  }
  if (schedule && "rrule" in schedule) return { ...none, kind: "rrule", rrule: schedule.rrule, zone };
  if (schedule) return { ...none, kind: "cron", cron: schedule.cron, isDayOr: schedule.day_or, zone };
  return { ...none, kind: "cron", zone };
}

/** `null` while it is no schedule yet. */
function scheduleOf(draft: Draft): ScheduleInput | null {
  const timezone = draft.zone === "" ? null : draft.zone;
  if (draft.kind === "cron")
    return draft.cron.trim() === "" ? null : { cron: draft.cron.trim(), timezone, day_or: draft.isDayOr };
  if (draft.kind === "rrule") return draft.rrule.trim() === "" ? null : { rrule: draft.rrule.trim(), timezone };
  const interval = Number(draft.every) * UNITS[draft.unit];
  if (!(interval > 0)) return null;
  return { interval, timezone, ...(draft.anchor === "" ? {} : { anchor_date: draft.anchor }) };
}

function commandOf(title: string, { kind, cron, every, unit, rrule, zone }: Draft): string {
  const what =
    kind === "interval"
      ? `--interval ${Number(every) * UNITS[unit]}`
      : `--${kind} ${shellWord((kind === "cron" ? cron : rrule).trim())}`;
  return `orch deployment set-schedule ${shellWord(title)} ${what}${zone === "" ? "" : ` --timezone ${shellWord(zone)}`}`;
}
