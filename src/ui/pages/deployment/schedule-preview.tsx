// Shows what a schedule means: words, and its next ten runs in its own zone and the reader's.
import type { SchedulePreview } from "#wire/deployments/schedule-previews.ts";
import type { ScheduleInput } from "#wire/deployments/schedules.ts";
import { useQuery } from "../../data/query.ts";
import { zone } from "../../data/zone.ts";

/** Reads the preview; `null` waits. */
export function useSchedulePreview(schedule: ScheduleInput | null) {
  return useQuery("previewSchedule", schedule && { body: { schedule, reader_timezone: zone.value } });
}

export function SchedulePreviewList({ schedule }: { schedule: ScheduleInput }) {
  const preview = useSchedulePreview(schedule).data;
  return preview ? <PreviewTable preview={preview} /> : null;
}

export function PreviewTable({ preview }: { preview: SchedulePreview }) {
  const { words, timezone, runs, problem } = preview;
  if (problem)
    return (
      <p class="fault" role="alert">
        {problem.sentence}
      </p>
    );
  const hasTwo = timezone !== null && timezone !== zone.value;
  return (
    <div class="stack">
      <p>
        <b>{words}</b>
      </p>
      <table class="preview">
        <caption class="hidden-label">The next runs</caption>
        <thead>
          <tr>
            <th scope="col">{timezone ?? zone.value}</th>
            {hasTwo && <th scope="col">{zone.value}</th>}
            <th scope="col">
              <span class="hidden-label">Note</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map(({ time, local, reader, note }) => (
            <tr key={time + local}>
              <td>{clockText(local)}</td>
              {hasTwo && <td class="quiet nowrap">{reader ? readerText(reader, local) : ""}</td>}
              <td class="state-late small">{note}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {runs.length === 0 && <p class="quiet">It makes no more runs.</p>}
    </div>
  );
}

/** The same moment by the reader's clock: the day only where it is another one. */
function readerText(reader: string, local: string): string {
  const text = clockText(reader);
  return reader.slice(0, 10) === local.slice(0, 10) ? text.slice(text.lastIndexOf(" ") + 1) : text;
}

/** `2026-11-27T09:00:00+01:00`, by the clock that it shows: `Fri 27 Nov 2026, 09:00`. */
function clockText(local: string): string {
  const asUtc = new Date(`${local.slice(0, 19)}Z`);
  return new Intl.DateTimeFormat("en-GB", {
    ...{ weekday: "short", day: "numeric", month: "short", year: "numeric" },
    ...{ hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC" },
    ...(local.slice(17, 19) === "00" ? {} : { second: "2-digit" }),
  } as Intl.DateTimeFormatOptions).format(asUtc);
}
