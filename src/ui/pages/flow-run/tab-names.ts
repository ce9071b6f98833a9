// Names the tabs of a run's page, as its address has them.

export const TABS = ["logs", "tasks", "subflows", "artifacts", "history", "parameters", "details"] as const;
