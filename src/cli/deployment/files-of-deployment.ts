// Finds the deployment files of a folder that describe one deployment: two of them would contradict each other.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseFields } from "#project/deployment-file.ts";

/** `name`: `say-hi/marvin`. The names of the files, sorted. A file that cannot be read describes nothing. */
export function filesOfDeployment(folder: string, name: string): string[] {
  return namesIn(folder).filter((file) => {
    try {
      const text = readFileSync(join(folder, file), "utf8");
      const [flowName = "", deploymentName = ""] = name.split("/");
      // Most files are of other deployments, and need no reading.
      if (!text.includes(flowName) || !text.includes(deploymentName)) return false;
      const fields = parseFields(text, file);
      return `${fields["flow_name"]}/${fields["name"]}` === name;
    } catch {
      return false;
    }
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith("-deployment.yaml"))
      .toSorted();
  } catch {
    return []; // the folder is not there yet
  }
}
