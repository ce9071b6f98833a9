// The starter project's types and settings as the executable carries them.
// @ts-expect-error: imported as text, which the type checker does not know of.
import types from "../../../templates/starter/orch.d.ts" with { type: "text" };
import config from "../../../templates/starter/tsconfig.json" with { type: "text" };

/** Text imports of TypeScript and JSON files are text, whatever their types say. */
export const STARTER_TYPES = String(types as unknown);
export const STARTER_CONFIG = String(config as unknown);
