// Offers the log as a file: everything, or the lines that the filters leave.
import { Download } from "lucide-preact";
import { apiAddress } from "../../data/base.ts";
import { apiKey, keyHeaders } from "../../data/call.ts";
import { Menu, MenuItem } from "../../parts/menu.tsx";
import type { LogFilter } from "./log-filter.ts";

export function Downloads({
  flowRunId,
  taskRunId,
  filter,
}: {
  flowRunId?: string | undefined;
  taskRunId?: string | undefined;
  filter: LogFilter;
}) {
  const all = taskRunId ? { task_run_id: taskRunId } : { flow_run_id: flowRunId };
  const { loggers, ...others } = filter;
  return (
    <Menu button={{ kind: "plain", icon: Download, label: "Download", isSmall: true }} label="Download">
      {() => (
        <>
          <MenuItem onClick={() => download(all)}>Everything</MenuItem>
          <MenuItem onClick={() => download({ ...others, logger: loggers?.join("\n") })}>This view</MenuItem>
        </>
      )}
    </Menu>
  );
}

type Chosen = Record<string, string | number | null | undefined>;

/** A link of the browser carries no key, so with one the text is read here. */
async function download(chosen: Chosen): Promise<void> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(chosen))
    if (value !== undefined && value !== null) query.set(name, String(value));
  const address = apiAddress(`/orch/logs/download?${query}`);
  const link = document.createElement("a");
  link.download = "";
  if (apiKey.peek() === null) {
    link.href = address;
    return link.click();
  }
  const answer = await fetch(address, { headers: keyHeaders() });
  link.href = URL.createObjectURL(await answer.blob());
  link.download = "run.log";
  link.click();
  URL.revokeObjectURL(link.href);
}
