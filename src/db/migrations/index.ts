// The migrations, in order, as text inside the executable. Forward only; a released one is never edited.
import initial from "./0001_initial.sql" with { type: "text" };
import artifactsAndVariables from "./0002_artifacts_and_variables.sql" with { type: "text" };
import workers from "./0003_workers.sql" with { type: "text" };
import savedSearches from "./0004_saved_searches.sql" with { type: "text" };
import notifications from "./0005_notifications.sql" with { type: "text" };
import attempts from "./0006_attempts.sql" with { type: "text" };
import idempotencyKeys from "./0007_idempotency_keys.sql" with { type: "text" };
import laterClients from "./0008_later_clients.sql" with { type: "text" };
import runPolicies from "./0009_run_policies.sql" with { type: "text" };
import recordChanges from "./0010_record_changes.sql" with { type: "text" };
import deletions from "./0011_deletions.sql" with { type: "text" };

export const MIGRATIONS: readonly string[] = [
  initial,
  artifactsAndVariables,
  workers,
  savedSearches,
  notifications,
  attempts,
  idempotencyKeys,
  laterClients,
  runPolicies,
  recordChanges,
  deletions,
];
