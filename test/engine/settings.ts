// Settings of an engine that keeps nothing.
import type { EngineSettings } from "#engine/session/session.ts";

export const SETTINGS: EngineSettings = {
  ORCH_LOGGING_LEVEL: "INFO",
  ORCH_LOGGING_LOG_PRINTS: false,
  ORCH_LOGGING_TO_API_ENABLED: true,
  ORCH_LOGGING_TO_API_BATCH_INTERVAL: 2,
  ORCH_HEARTBEAT_SECONDS: 1e9,
  ORCH_RESULTS_PERSIST_BY_DEFAULT: false,
  ORCH_DEFAULT_RESULT_STORAGE_BLOCK: null,
  ORCH_TASKS_REFRESH_CACHE: false,
  ORCH_PYTHON: null,
  ORCH_PYTHON_ENGINE: "auto",
  ORCH_HOME: "/nowhere",
  ORCH_LOCAL_STORAGE_PATH: "/nowhere/storage",
};
