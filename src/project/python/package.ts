// Writes the built-in Python engine into the home: one folder for each version of it, whole or not there at all.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newId } from "#lib/ids.ts";
import { PRIVATE_FOLDER } from "#lib/private.ts";
import init from "#python/prefect/__init__.py" with { type: "text" };
import api from "#python/prefect/_api.py" with { type: "text" };
import artifacts from "#python/prefect/_artifacts.py" with { type: "text" };
import blocks from "#python/prefect/_blocks.py" with { type: "text" };
import context from "#python/prefect/_context.py" with { type: "text" };
import deployments from "#python/prefect/_deployments.py" with { type: "text" };
import engine from "#python/prefect/_engine.py" with { type: "text" };
import futures from "#python/prefect/_futures.py" with { type: "text" };
import log from "#python/prefect/_log.py" with { type: "text" };
import missing from "#python/prefect/_missing.py" with { type: "text" };
import modules from "#python/prefect/_modules.py" with { type: "text" };
import objects from "#python/prefect/_objects.py" with { type: "text" };
import pausing from "#python/prefect/_pausing.py" with { type: "text" };
import records from "#python/prefect/_records.py" with { type: "text" };
import results from "#python/prefect/_results.py" with { type: "text" };
import run from "#python/prefect/_run.py" with { type: "text" };
import runners from "#python/prefect/_runners.py" with { type: "text" };
import runtime from "#python/prefect/_runtime.py" with { type: "text" };
import schedules from "#python/prefect/_schedules.py" with { type: "text" };
import schema from "#python/prefect/_schema.py" with { type: "text" };
import states from "#python/prefect/_states.py" with { type: "text" };
import steps from "#python/prefect/_steps.py" with { type: "text" };
import values from "#python/prefect/_values.py" with { type: "text" };

const FILES: Readonly<Record<string, string>> = {
  ...{
    __init__: init,
    _api: api,
    _artifacts: artifacts,
    _blocks: blocks,
    _context: context,
    _deployments: deployments,
  },
  ...{
    _engine: engine,
    _futures: futures,
    _log: log,
    _missing: missing,
    _modules: modules,
    _objects: objects,
    _pausing: pausing,
  },
  ...{
    _records: records,
    _results: results,
    _run: run,
    _runners: runners,
    _runtime: runtime,
    _schedules: schedules,
    _schema: schema,
  },
  ...{ _states: states, _steps: steps, _values: values },
};

/** The folder to import `prefect` from. */
export function builtInPackage(home: string): string {
  const hash = new Bun.CryptoHasher("sha256");
  for (const [name, text] of Object.entries(FILES)) hash.update(`${name}\n${text}\n`);
  const folder = join(home, "cache", `python-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${newId()}`;
  mkdirSync(join(draft, "prefect"), { recursive: true, mode: PRIVATE_FOLDER });
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(draft, "prefect", `${name}.py`), text);
  writeFileSync(join(draft, "orch.py"), ORCH);
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error; // else another run was quicker
  }
  return folder;
}

/** `from orch import flow`. */
const ORCH = '"""The same as prefect."""\nimport sys\n\nimport prefect\n\nsys.modules[__name__] = prefect\n';
