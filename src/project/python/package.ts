// Writes the built-in Python engine into the home: one folder for each version of it, whole or not there at all.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PRIVATE_FOLDER } from "#lib/files/private.ts";
import { newId } from "#lib/ids.ts";
import init from "#python/prefect/__init__.py" with { type: "text" };
import abstract from "#python/prefect/_abstract.py" with { type: "text" };
import api from "#python/prefect/_api.py" with { type: "text" };
import artifacts from "#python/prefect/_artifacts.py" with { type: "text" };
import aws from "#python/prefect/_aws.py" with { type: "text" };
import blockSchemas from "#python/prefect/_block_schemas.py" with { type: "text" };
import blocks from "#python/prefect/_blocks.py" with { type: "text" };
import client from "#python/prefect/_client.py" with { type: "text" };
import cloud from "#python/prefect/_cloud.py" with { type: "text" };
import context from "#python/prefect/_context.py" with { type: "text" };
import dask from "#python/prefect/_dask.py" with { type: "text" };
import deployments from "#python/prefect/_deployments.py" with { type: "text" };
import email from "#python/prefect/_email.py" with { type: "text" };
import engine from "#python/prefect/_engine.py" with { type: "text" };
import exceptions from "#python/prefect/_exceptions.py" with { type: "text" };
import filesystems from "#python/prefect/_filesystems.py" with { type: "text" };
import filters from "#python/prefect/_filters.py" with { type: "text" };
import fitting from "#python/prefect/_fitting.py" with { type: "text" };
import futures from "#python/prefect/_futures.py" with { type: "text" };
import gcp from "#python/prefect/_gcp.py" with { type: "text" };
import hashing from "#python/prefect/_hashing.py" with { type: "text" };
import inputs from "#python/prefect/_inputs.py" with { type: "text" };
import loading from "#python/prefect/_loading.py" with { type: "text" };
import log from "#python/prefect/_log.py" with { type: "text" };
import missing from "#python/prefect/_missing.py" with { type: "text" };
import modules from "#python/prefect/_modules.py" with { type: "text" };
import objects from "#python/prefect/_objects.py" with { type: "text" };
import pausing from "#python/prefect/_pausing.py" with { type: "text" };
import records from "#python/prefect/_records.py" with { type: "text" };
import refusals from "#python/prefect/_refusals.py" with { type: "text" };
import results from "#python/prefect/_results.py" with { type: "text" };
import run from "#python/prefect/_run.py" with { type: "text" };
import runners from "#python/prefect/_runners.py" with { type: "text" };
import runtime from "#python/prefect/_runtime.py" with { type: "text" };
import scalars from "#python/prefect/_scalars.py" with { type: "text" };
import schedules from "#python/prefect/_schedules.py" with { type: "text" };
import schema from "#python/prefect/_schema.py" with { type: "text" };
import serializers from "#python/prefect/_serializers.py" with { type: "text" };
import serving from "#python/prefect/_serving.py" with { type: "text" };
import settings from "#python/prefect/_settings.py" with { type: "text" };
import shell from "#python/prefect/_shell.py" with { type: "text" };
import sqlalchemy from "#python/prefect/_sqlalchemy.py" with { type: "text" };
import states from "#python/prefect/_states.py" with { type: "text" };
import steps from "#python/prefect/_steps.py" with { type: "text" };
import testing from "#python/prefect/_testing.py" with { type: "text" };
import times from "#python/prefect/_times.py" with { type: "text" };
import values from "#python/prefect/_values.py" with { type: "text" };

const FILES: Readonly<Record<string, string>> = {
  ...{ __init__: init, _api: api, _artifacts: artifacts, _aws: aws, _blocks: blocks, _client: client },
  ...{ _cloud: cloud, _context: context, _dask: dask, _deployments: deployments, _email: email, _engine: engine },
  ...{ _filesystems: filesystems, _filters: filters, _futures: futures, _gcp: gcp, _log: log, _missing: missing },
  ...{ _modules: modules, _objects: objects, _pausing: pausing, _records: records, _results: results, _run: run },
  ...{
    _runners: runners,
    _runtime: runtime,
    _schedules: schedules,
    _schema: schema,
    _serializers: serializers,
    _serving: serving,
  },
  ...{ _settings: settings, _shell: shell, _sqlalchemy: sqlalchemy, _states: states, _steps: steps, _testing: testing },
  ...{ _abstract: abstract, _block_schemas: blockSchemas, _hashing: hashing, _loading: loading, _refusals: refusals },
  ...{ _exceptions: exceptions, _fitting: fitting, _inputs: inputs, _scalars: scalars, _times: times, _values: values },
};

/** The folder to import `prefect` from. */
export function builtInPackage(home: string): string {
  const hash = new Bun.CryptoHasher("sha256");
  for (const [name, text] of Object.entries(FILES)) hash.update(`${name}\n${text}\n`);
  hash.update(`${ORCH}\n${COLLECTIONS}\n${STAND_IN}`);
  const folder = join(home, "cache", `python-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${newId()}`;
  mkdirSync(join(draft, "prefect"), { recursive: true, mode: PRIVATE_FOLDER });
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(draft, "prefect", `${name}.py`), text);
  writeFileSync(join(draft, "orch.py"), ORCH);
  for (const name of COLLECTIONS) writeFileSync(join(draft, `prefect_${name}.py`), STAND_IN);
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

/** Packages beside Prefect's that the engine has something of: they may be imported before `prefect` is. */
const COLLECTIONS = ["aws", "dask", "email", "gcp", "shell", "sqlalchemy"];
const STAND_IN =
  '"""Imports the package that is installed, or what orch has of it."""\nfrom prefect._modules import stand_in\n\nstand_in(__name__)\n';
