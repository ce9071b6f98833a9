// What runs of the lively home say: messages of failures, log lines, and texts that try to do harm.

export const FLOWS = [
  ...["nightly-report", "orders-import", "price-sync", "churn-model", "backup-database", "send-invoices"],
  ...["clean-storage", "weather-forecast", "crawl-partners", "index-search", "close-month", "notify-teams"],
] as const;

export const TEAMS = ["finance", "growth", "platform", "data", "support"] as const;

/** The message of the state, with a name where it is not the usual one. */
export const FAILURES: readonly { name?: string; message: string }[] = [
  {
    message:
      "Flow run encountered an exception. Error: no such table: orders\n    at readOrders (/srv/flows/report.ts:41:11)\n    at report (/srv/flows/report.ts:12:24)",
  },
  {
    message:
      "Flow run encountered an exception. TypeError: Cannot read properties of undefined (reading 'price')\n    at sum (/srv/flows/prices.ts:88:31)",
  },
  {
    message:
      "Flow run encountered an exception. Traceback (most recent call last):\n  File \"flows.py\", line 20, in run\nKeyError: 'city'\n",
  },
  { message: "Flow run encountered an exception. Error: connect ECONNREFUSED 10.0.4.17:5432" },
  { name: "TimedOut", message: "Flow run exceeded timeout of 600 seconds" },
  { message: "3/12 states failed." },
  {
    message: `Flow run encountered an exception. Error: ${"the answer of the partner is not what was agreed; ".repeat(40)}`,
  },
  {
    message:
      "Flow run encountered an exception. Error: <script>alert('message')</script> & \"quotes\" — ünïcödé 漢字 🦊",
  },
];

export const CRASHES = [
  "Flow run infrastructure exited with non-zero status code 137.",
  "The process of the run was killed by signal SIGKILL; the machine may have been out of memory.",
  "The agent and the process of this run have not been heard of for 60 seconds.",
] as const;

export const HOSTILE_MARKDOWN = [
  "# Report <script>window.harmed = 1</script>",
  "",
  'An image <img src=x onerror="window.harmed = 2">, an [innocent link](javascript:window.harmed=3) and a',
  '<a href="https://elsewhere.example/" target="_blank" onclick="window.harmed = 4">link to elsewhere</a>.',
  "",
  "![far away](https://elsewhere.example/pixel.png)",
  "",
  '<iframe src="https://elsewhere.example/"></iframe><style>body { display: none }</style>',
  '<svg onload="window.harmed = 5"></svg><form action="https://elsewhere.example/"><input name=q></form>',
  "",
  "| city | sales |",
  "| --- | ---: |",
  "| Bonn | 1,204 |",
  "| <b onmouseover=alert(1)>Köln</b> | 998 |",
  "",
  "```sql",
  "select city, sum(price) from orders group by city",
  "```",
].join("\n");

export const MARKDOWN =
  "# Month end\n\nAll **12** ledgers are closed.\n\n- revenue: 1,204,000 €\n- open items: 3\n\n> Checked by the night run.";

export const TABLE = JSON.stringify([
  { city: "Bonn", orders: 1204, revenue: 88_120.5, note: null },
  { city: "Köln", orders: 998, revenue: 61_002.25, note: "<b>late</b> data" },
  { city: "Düsseldorf", orders: 2210, revenue: 140_990, note: "a very long remark ".repeat(20) },
]);

export const LINES = [
  "Reading page %d of the partner's list",
  "Wrote %d rows to 'orders'",
  "The cache held %d of the keys",
  "Request %d took 84 ms",
  "Checked %d prices against yesterday's",
] as const;
